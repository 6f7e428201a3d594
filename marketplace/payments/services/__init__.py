"""What is done with money. Nothing here commits, and nothing here waits for a network."""

from marketplace.payments.services.booking import Overdrawn
from marketplace.payments.services.charging import begun_for, can_go_on, cancel_charge, settle_charge, start_charge
from marketplace.payments.services.moving import send_again, withdraw
from marketplace.payments.services.resolving import freeze, pay_out, refund, release, split, unfreeze

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
