"""The marketplace's fee: basis points of released money, rounded so that fee and net add up to the gross."""

from __future__ import annotations

MAX_BPS = 5_000


def fee_of(gross: int, bps: int, step: int) -> int:
    """Fee on `gross` minor units at `bps` basis points, as a multiple of `step` (minor units).

    Rounded down to a minor unit, then to the nearest step, with half steps down. With a step of 1 the payee keeps the
    remainder. If `gross` is a multiple of the step, so is the net.

    >>> fee_of(999, 500, 1), fee_of(12_340, 500, 10), fee_of(12_300, 500, 10)
    (49, 620, 610)
    """
    exact = gross * bps // 10_000
    remainder = exact % step
    return exact - remainder + (step if 2 * remainder > step else 0)


def percent(bps: int) -> str:
    """Format basis points as a percentage.

    >>> percent(500), percent(1_250)
    ('5%', '12.5%')
    """
    return f"{bps / 100:g}%"
