"""What can be done with disputes; nothing here commits but do_due, which is many transactions.

    open_dispute, withdraw_dispute      the money freezes, and thaws again
    say, bring_file                     both sides argue
    propose_split, accept_split, decline_split, take_back_split     settles at once when the other side accepts
    rule, appeal                        an admin rules; another one on appeal, finally
    overtake                            the payer's bank was faster
    do_due                              what the clock does

Whatever ends a dispute moves its money exactly once, through payments and with the key "dispute:ID".
"""

from marketplace.disputes.services.arguing import bring_file, say
from marketplace.disputes.services.opening import DisputeDays, open_dispute, withdraw_dispute
from marketplace.disputes.services.proposing import accept_split, decline_split, propose_split, take_back_split
from marketplace.disputes.services.ruling import appeal, rule
from marketplace.disputes.services.settling import overtake
from marketplace.disputes.services.sweeping import do_due

__all__ = [
    "DisputeDays",
    "accept_split",
    "appeal",
    "bring_file",
    "decline_split",
    "do_due",
    "open_dispute",
    "overtake",
    "propose_split",
    "rule",
    "say",
    "take_back_split",
    "withdraw_dispute",
]
