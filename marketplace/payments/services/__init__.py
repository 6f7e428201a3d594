"""What is done with money. Nothing here commits, and nothing here waits for a network."""

from marketplace.payments.services.booking import Overdrawn
from marketplace.payments.services.charging import begun_for, can_go_on, cancel_charge, settle_charge, start_charge
from marketplace.payments.services.settlement import freeze, pay_out, refund, release, split, unfreeze
from marketplace.payments.services.transfers import send_again, withdraw

__all__ = [
    "Overdrawn",
    "begun_for",
    "can_go_on",
    "cancel_charge",
    "freeze",
    "pay_out",
    "refund",
    "release",
    "send_again",
    "settle_charge",
    "split",
    "start_charge",
    "unfreeze",
    "withdraw",
]
