"""What can be done with disputes; nothing here commits but do_due, which is many transactions.

    open_dispute, withdraw_dispute      the money freezes, and thaws again
    say, bring_file                     both sides argue
    propose_split, accept_split, decline_split, take_back_split     settles at once when the other side accepts
    rule, appeal                        an admin rules; another one on appeal, finally
    overtake                            the payer's bank was faster
    do_due                              what the clock does

Whatever ends a dispute moves its money exactly once, through payments and with the key "dispute:ID".
"""
