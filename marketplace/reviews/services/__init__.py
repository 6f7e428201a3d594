"""What can be done with reviews; nothing here commits but `reveal_due`, which is many transactions.

open_round           a contract is completed: both sides may write
write_review         a sealed review, or another version of one's own; the second one reveals both
correct_review       other words after the reveal, the marks stay
reply_to, set_quoted the person reviewed answers once, and shows it among the testimonials
hide_review, ...     what moderators do
reveal_due           what the clock does
"""

from marketplace.reviews.services.answering import reply_to, set_quoted
from marketplace.reviews.services.hiding import hide_reply, hide_review, restore_reply, restore_review
from marketplace.reviews.services.revealing import open_round, reveal_due
from marketplace.reviews.services.writing import correct_review, write_review

__all__ = [
    "correct_review",
    "hide_reply",
    "hide_review",
    "open_round",
    "reply_to",
    "restore_reply",
    "restore_review",
    "reveal_due",
    "set_quoted",
    "write_review",
]
