"""Services of awards and contracts; none commits except do_due, which spans many transactions.

    award_bid            pick the winner and make the offer
    sign, withdraw_offer both sides sign the current terms, or one withdraws before both have signed
    propose_terms, propose_end, agree, decline, take_back     changes by mutual consent
    fund, submit_work, ask_for_changes, waive, approve        from payment to release of a milestone
    check_production     request a check of the production site
    hand_over, give_secret, read_secret                       source, licence, credentials
    do_due               run due deadlines

Higher rooms listen to the signals in core/events.py. Code that settles a milestone otherwise (a dispute's ruling)
calls `locking.lock_contract`, moves state and money, then calls `complete_if_done`, `follow_clock` and `plan`.
"""
