"""Stripe's minor units, which are not everybody's: docs.stripe.com/currencies lists the exceptions."""

from __future__ import annotations

from math import gcd

from marketplace.core.money import precision, step_problem
from marketplace.payments.providers.protocol import Refused

ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""Their last digit has to be 0 in whatever Stripe is asked for."""
WHOLE_PAYOUTS = frozenset(["HUF", "TWD"])
"""Charged in hundredths, but paid out whole only."""


def step(currency: str) -> int:
    """Of how many of our minor units an amount has to be a multiple, so that Stripe charges, sends and pays it out.

    >>> step("EUR"), step("JPY"), step("ISK"), step("KWD"), step("HUF")
    (1, 1, 1, 10, 100)
    """
    theirs = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_PAYOUTS else 1
    shift = _shift(currency)
    return theirs // gcd(theirs, 10**shift) if shift >= 0 else theirs * 10**-shift


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units as Stripe's. Raises Refused, as Stripe would, for what it takes under no circumstances.

    >>> to_stripe(1250, "EUR"), to_stripe(1250, "JPY"), to_stripe(1250, "ISK")
    (1250, 1250, 125000)
    """
    if currency not in WHOLE_PAYOUTS and (problem := step_problem(minor, currency, step(currency))):
        raise Refused(problem)
    shift = _shift(currency)
    return minor * 10**shift if shift >= 0 else minor // 10**-shift


def _shift(currency: str) -> int:
    """How many decimals Stripe's minor unit has more than ours."""
    return (0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2) - precision(currency)
