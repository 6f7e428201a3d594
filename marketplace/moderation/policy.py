"""Who may decide on what, and answer which decision: pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketplace.moderation.states import ReportState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.moderation.models import ModerationAct

APPEALABLE = frozenset({"hide", "warn", "suspend", "send_back", "reject", "refuse"})
"""Acts against somebody: their answer is an appeal, on which another admin decides."""
OWN_CASE = "This concerns you or your own work. Another admin has to decide on it."
OWN_ACT = "You made the decision that is appealed against. Another admin has to decide on the appeal."
_ASKING = frozenset({ReportState.NOTIFIED, ReportState.ANSWERED, ReportState.NO_REPLY})
_UNDECIDED = _ASKING | {ReportState.OPEN, ReportState.ACTIONED, ReportState.APPEALED}


def is_appeal(act: ModerationAct) -> bool:
    """Whether the person affected has appealed against it."""
    return act.act in APPEALABLE and act.answered_at is not None


def why_not_decide(admin: User, concerned: Iterable[int | None], acts: Iterable[ModerationAct] = ()) -> str | None:
    """The sentence that tells an admin why another one has to decide; None if they may.

    `concerned`: the ids of those whose case it is; `acts`: the earlier acts in the case.
    """
    if admin.id in concerned:
        return OWN_CASE
    if any(is_appeal(act) and act.actor_id == admin.id for act in acts):
        return OWN_ACT
    return None


def may_answer(act: ModerationAct) -> bool:
    """Once each: a question while it is open, an act against oneself until an appeal has made it final."""
    if act.answered_at is not None or (act.decides is not None and is_appeal(act.decides)):
        return False
    state = ReportState(act.report.state) if act.report else None
    if act.act == "ask":
        return state is None or state in _ASKING
    return act.act in APPEALABLE and (state is None or state in _UNDECIDED)
