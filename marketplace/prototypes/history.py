"""A link's uptime: intervals between its checks, and the share of time in which it was up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import floor

from marketplace.checker.states import CheckState
from marketplace.prototypes.cadence import DAILY

HOLDS_FOR = DAILY * 1.1
"""A result holds until the next check, but no longer than the slowest cadence with its jitter."""


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """One check's time and state."""

    at: datetime
    state: CheckState


class Uptime(StrEnum):
    """What checks told of a stretch of time."""

    UP = "up"
    DOWN = "down"
    NONE = "none"
    """Nobody could tell."""


@dataclass(frozen=True, slots=True)
class UptimeInterval:
    """A span of time with one state."""

    state: Uptime
    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class UptimeHistory:
    """Checks of a link's present URL, oldest first, and the intervals from the first until now."""

    looks: Sequence[CheckPoint] = ()
    stretches: Sequence[UptimeInterval] = ()

    @property
    def uptime(self) -> float | None:
        """Share (0..1) of the known time in which the link was up; None if none is known."""
        up = sum((one.length for one in self.stretches if one.state == Uptime.UP), timedelta())
        told = sum((one.length for one in self.stretches if one.state != Uptime.NONE), timedelta())
        return up / told if told else None

    @property
    def percent(self) -> str:
        """The uptime in percent, rounded down, so that 100 means no failure; empty if none is known."""
        return "" if self.uptime is None else f"{floor(self.uptime * 1000) / 10:g} %"

    @property
    def strip(self) -> list[tuple[str, float, float]]:
        """For drawing: (state, begin, length), as shares of the whole."""
        if not self.stretches:
            return []
        first, whole = self.stretches[0].begin, self.stretches[-1].end - self.stretches[0].begin
        return [(one.state, (one.begin - first) / whole, one.length / whole) for one in self.stretches]


def history_of(looks: Sequence[CheckPoint], now: datetime) -> UptimeHistory:
    """The history from checks, oldest first."""
    stretches: list[UptimeInterval] = []
    for look, following in pairwise([*looks, CheckPoint(now, CheckState.UNKNOWN)]):
        told_until = min(following.at, look.at + HOLDS_FOR)
        _add(stretches, UptimeInterval(_UPTIME.get(look.state, Uptime.DOWN), look.at, told_until))
        _add(stretches, UptimeInterval(Uptime.NONE, told_until, following.at))
    return UptimeHistory(looks, stretches)


def _add(stretches: list[UptimeInterval], one: UptimeInterval) -> None:
    """Add an interval, merging it with the last one of the same state."""
    if not one.length > timedelta():
        return
    if stretches and stretches[-1].state == one.state:
        one = UptimeInterval(one.state, stretches.pop().begin, one.end)
    stretches.append(one)


_UPTIME = {CheckState.LIVE: Uptime.UP, CheckState.UNKNOWN: Uptime.NONE}
