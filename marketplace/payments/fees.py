"""The marketplace's fee: basis points of what is released, rounded so that fee and net always add up to the gross."""

from __future__ import annotations

MAX_BPS = 5_000


def fee_of(gross: int, bps: int) -> int:
    """The fee on `gross` minor units at `bps` basis points, rounded down: the remainder stays with the payee.

    >>> fee_of(999, 500), 999 - fee_of(999, 500)
    (49, 950)
    """
    return gross * bps // 10_000


def percent(bps: int) -> str:
    """Basis points for reading.

    >>> percent(500), percent(1_250)
    ('5%', '12.5%')
    """
    return f"{bps / 100:g}%"
