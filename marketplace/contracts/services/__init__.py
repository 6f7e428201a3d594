"""What can be done with awards and contracts; nothing here commits but do_due, which is many transactions.

    award_bid            the client picks the winner; its offer is made with it
    sign, withdraw_offer both sign the present terms, or one steps back while not both have
    propose_terms, propose_end, agree, decline, take_back     changes by mutual consent
    fund, submit_work, ask_for_changes, waive, approve        a milestone's way to its money
    check_production     has the production site looked at
    hand_over, give_secret, read_secret                       source, licence, credentials
    do_due               what the clock does

Rooms above listen to the signals in core/events.py. What settles a milestone otherwise (a dispute's ruling) locks the
contract (`locking.lock_contract`), moves the state and the money, then calls `complete_if_done`, `follow_clock` and
`plan`.
"""
