"""Payable amounts: multiples of the provider's step, so that the provider never refuses part of paid money.

Charges are multiples of the step, and fees and shares are rounded to it; each room defines who owns the remainder.
Rule: docs/decisions/0037.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import money
from marketplace.payments.setup import payments

if TYPE_CHECKING:
    from marketplace.payments.models import Hold


def step_of(currency: str) -> int:
    """Step of the current provider, in minor units."""
    return payments().provider.step(currency)


def step_within(hold: Hold) -> int:
    """Step for parts of held money; 1 for old charges whose amount is no multiple of the current step."""
    step = step_of(hold.currency)
    return 1 if hold.amount % step else step


def read_amount(text: str, currency: str) -> int:
    """Parse a typed amount to payable minor units; raises NotMoney with a hint."""
    return money.parse(text, currency, step_of(currency))


def amount_problem(minor: int, currency: str) -> str:
    """Why this amount (in minor units) can't be paid, with amounts that can; empty when it can."""
    return money.step_problem(minor, currency, step_of(currency))


def amount_hint(currency: str) -> str:
    """Sentence on payable amounts, for display beside an input; empty where every amount can be paid."""
    words = money.step_words(currency, step_of(currency))
    return f"{currency} amounts {words}." if words else ""
