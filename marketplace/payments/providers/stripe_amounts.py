"""Stripe's minor units, which are not everybody's: docs.stripe.com/currencies lists the exceptions."""

from __future__ import annotations

from marketplace.core.money import precision

ZERO_DECIMAL = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE_DECIMAL = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units as Stripe's. Raises ValueError where that loses something.

    >>> to_stripe(1250, "EUR"), to_stripe(1250, "JPY"), to_stripe(1250, "ISK")
    (1250, 1250, 125000)
    """
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    shift = digits - precision(currency)
    if shift >= 0:
        return minor * 10**shift
    amount, remainder = divmod(minor, 10**-shift)
    if remainder:
        raise ValueError(f"{minor} minor units of {currency} can't be said to Stripe exactly")
    return amount
