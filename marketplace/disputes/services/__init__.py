"""Services of disputes; none commits except do_due, which spans many transactions.

    open_dispute, withdraw_dispute      freeze the money, or unfreeze it
    say, bring_file                     add statements and evidence
    propose_split, accept_split, decline_split, take_back_split     settles at once when the other side accepts
    rule, appeal                        an admin rules; on appeal another one, finally
    overtake                            the payer's bank took the money back
    do_due                              handle expired deadlines

Every end of a dispute moves its money exactly once, through payments with the key "dispute:ID".
"""
