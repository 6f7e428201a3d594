"""Convert to Stripe's minor units, which differ for some currencies (docs.stripe.com/currencies)."""

from __future__ import annotations

from math import gcd

from marketplace.core.money import precision, step_problem
from marketplace.payments.providers.protocol import Refused

ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""Stripe requires the last digit of these to be 0."""
WHOLE_PAYOUTS = frozenset(["HUF", "TWD"])
"""Charged in hundredths, but paid out in whole units only."""


def step(currency: str) -> int:
    """Step in our minor units so that Stripe can charge, transfer and pay out the amount.

    >>> step("EUR"), step("JPY"), step("ISK"), step("KWD"), step("HUF")
    (1, 1, 1, 10, 100)
    """
    theirs = 10 if currency in THREE_DECIMAL else 100 if currency in WHOLE_PAYOUTS else 1
    shift = _shift(currency)
    return theirs // gcd(theirs, 10**shift) if shift >= 0 else theirs * 10**-shift


def to_stripe(minor: int, currency: str) -> int:
    """Convert our minor units to Stripe's. Raises Refused for amounts Stripe never accepts.

    >>> to_stripe(1250, "EUR"), to_stripe(1250, "JPY"), to_stripe(1250, "ISK")
    (1250, 1250, 125000)
    """
    if currency not in WHOLE_PAYOUTS and (problem := step_problem(minor, currency, step(currency))):
        raise Refused(problem)
    shift = _shift(currency)
    return minor * 10**shift if shift >= 0 else minor // 10**-shift


def _shift(currency: str) -> int:
    """Decimals of Stripe's minor unit minus decimals of ours."""
    return (0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2) - precision(currency)
