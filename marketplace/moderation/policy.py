"""Who may decide on what, and who may answer which decision: pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.core.errors import NotNow, unless
from marketplace.moderation.states import ReportState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.moderation.models import ModerationAct, Report

APPEALABLE = frozenset({"hide", "warn", "suspend", "send_back", "reject", "refuse"})
"""Acts against somebody: the answer to them is an appeal, on which another admin decides."""
OWN_CASE = "This concerns you or your own work. Another admin has to decide on it."
OWN_ACT = "You made the decision that is appealed against. Another admin has to decide on the appeal."
_ASKING = frozenset({ReportState.NOTIFIED, ReportState.ANSWERED, ReportState.NO_REPLY})
_UNDECIDED = _ASKING | {ReportState.OPEN, ReportState.ACTIONED, ReportState.APPEALED}


def is_appeal(act: ModerationAct) -> bool:
    """Whether the person affected has appealed against it."""
    return act.act in APPEALABLE and act.answered_at is not None


def why_not_decide(admin: User, concerned: Iterable[int | None], acts: Iterable[ModerationAct] = ()) -> str | None:
    """Why another admin has to decide; None if this one may.

    `concerned`: ids of the people whose case it is; `acts`: the earlier acts in the case.
    """
    if acts_for(admin, *concerned):
        return OWN_CASE
    if any(is_appeal(act) and acts_for(admin, act.actor_id) for act in acts):
        return OWN_ACT
    return None


def why_not_handle(admin: User, report: Report, acts: Iterable[ModerationAct]) -> str | None:
    """Allow an admin whose own case it is not, unless another one has taken the report; `acts` as above."""
    taken = NotNow("Another admin has taken this report.")
    free = report.claimed_by is None or acts_for(admin, report.claimed_by)
    return why_not_decide(admin, [report.affected_id], acts) or unless(free, taken)


def why_not_answer(person: User, act: ModerationAct) -> str | None:
    """Allow the person concerned once: an open question, or an act against them until a decision on appeal is final."""
    final = NotNow("This can’t be answered: it was decided for you, or for good.")
    return (
        unless(acts_for(person, act.affected_id), "This decision is not about you.")
        or unless(act.answered_at is None, NotNow("You have answered this already."))
        or unless(_is_open(act), final)
    )


def _is_open(act: ModerationAct) -> bool:
    if act.decides is not None and is_appeal(act.decides):
        return False
    state = ReportState(act.report.state) if act.report else None
    if act.act == "ask":
        return state is None or state in _ASKING
    return act.act in APPEALABLE and (state is None or state in _UNDECIDED)
