"""Change in a prototype since bids closed, shown beside the rank, which is based on the state at closing."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.ranking.facts import PrototypeFacts
from marketplace.ranking.score import FAILURES, WORKING


@dataclass(frozen=True, slots=True)
class Since:
    """One change, for better or worse, in words."""

    is_better: bool
    words: str

    @property
    def heading(self) -> str:
        """Heading such as "Improved since bids closed"."""
        return f"{'Improved' if self.is_better else 'Worse'} since bids closed"


def since_closing(then: PrototypeFacts, now: PrototypeFacts, checkable: int) -> Since | None:
    """Compare the link now with what was ranked; None when unchanged or when either state is inconclusive."""
    worked, works = then.state in WORKING, now.state in WORKING
    if not worked and then.state not in FAILURES:
        return None
    if worked and now.state in FAILURES:
        return Since(False, _FAILS[now.state])
    if works and not worked:
        return Since(True, f"it works now{_counts(now, checkable)}")
    if not works:
        return None
    if now.met > then.met:
        return Since(True, f"meets {now.met} of the {checkable} checks now, {then.met} then")
    if now.measured - now.met > then.measured - then.met:
        return Since(False, f"meets {now.met} of the {checkable} checks now, {then.met} then")
    return None


def _counts(now: PrototypeFacts, checkable: int) -> str:
    return f" and meets {now.met} of the {checkable} checks" if checkable else ""


_FAILS = {
    "broken": "it does not work now",
    "dead": "it is dead now",
    "refused": "it leads where we do not go now",
    "rejected": "a moderator has rejected it as a copy",
}
