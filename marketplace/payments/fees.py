"""The marketplace's fee: basis points of what is released, rounded so that fee and net always add up to the gross."""

from __future__ import annotations

MAX_BPS = 5_000


def fee_of(gross: int, bps: int, step: int) -> int:
    """The fee on `gross` minor units, itself a multiple of `step`, at `bps` basis points.

    It is rounded down to a minor unit, then to the nearest step, a half step down: so the remainder is the payee's, or
    goes to whoever it is nearest to where the provider's steps are larger. Fee and net are multiples of the step.

    >>> fee_of(999, 500, 1), fee_of(12_340, 500, 10), fee_of(12_300, 500, 10)
    (49, 620, 610)
    """
    exact = gross * bps // 10_000
    remainder = exact % step
    return exact - remainder + (step if 2 * remainder > step else 0)


def percent(bps: int) -> str:
    """Basis points for reading.

    >>> percent(500), percent(1_250)
    ('5%', '12.5%')
    """
    return f"{bps / 100:g}%"
