"""Which amounts can be paid at all: multiples of the provider's step, so that no part of paid money is ever refused.

What is charged is a multiple of the step; fees and shares are rounded to it, and what is left of a sum has its owner by
a rule of each room. docs/decisions/0037 argues it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import money
from marketplace.payments.setup import payments

if TYPE_CHECKING:
    from marketplace.payments.models import Hold


def step_of(currency: str) -> int:
    """The step of the provider in use, minor units."""
    return payments().provider.step(currency)


def step_within(hold: Hold) -> int:
    """The step for parts of held money: 1 for a sum that was charged before there were steps, and doesn't fit one."""
    step = step_of(hold.currency)
    return 1 if hold.amount % step else step


def read_amount(text: str, currency: str) -> int:
    """Read what a person typed as minor units that can be paid; raises NotMoney with a mend."""
    return money.parse(text, currency, step_of(currency))


def amount_problem(minor: int, currency: str) -> str:
    """Why so much can't be paid, with amounts that can; empty when it can."""
    return money.step_problem(minor, currency, step_of(currency))


def amount_hint(currency: str) -> str:
    """What to know before typing an amount, as a sentence; empty where every amount can be paid."""
    words = money.step_words(currency, step_of(currency))
    return f"{currency} amounts {words}." if words else ""
