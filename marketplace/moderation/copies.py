"""Near-copies that wait for a moderator: both authors, what the bid credits, and the decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.bids.services.rescoring import ask_after_checks
from marketplace.bids.states import BidState
from marketplace.checker.likeness.passages import shared_passages
from marketplace.core.database import db
from marketplace.core.errors import NotFound, demand
from marketplace.core.transitions import move
from marketplace.jobs.models import Job
from marketplace.moderation.models import ModerationAct
from marketplace.moderation.noting import note_act
from marketplace.moderation.policy import why_not_decide
from marketplace.moderation.wording import Why
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.originality.services import decide
from marketplace.prototypes.queries import latest_full_check
from marketplace.prototypes.states import RESEMBLANCE_MOVES, ResemblanceState

KIND = "near_copy"
ACTS = {"clear": ResemblanceState.CLEARED, "reject": ResemblanceState.REJECTED}
"""A moderator's act -> the resulting state."""
IN_PUBLIC = {
    "clear": "It looks like an earlier prototype, and for a good reason.",
    "reject": "Much of it is in an earlier prototype, and it credits nobody.",
}


@dataclass(frozen=True, slots=True)
class CopySide:
    """One of the two prototypes, and the bid or job that it belongs to."""

    prototype: Prototype
    bid: Bid | None
    """None for a client's current site."""
    job: Job | None
    """The job bid on, or the job whose client's current site this is."""


@dataclass(frozen=True, slots=True)
class NearCopy:
    """A near-copy with all data for the moderator's decision."""

    resemblance: Resemblance
    later: CopySide
    earlier: CopySide
    passages: list[str]
    """Passages that are identical in both."""
    appeal: ModerationAct | None
    """The rejection that the bidder has answered since."""

    def why_not_decide(self, admin: User) -> str | None:
        """Why another admin has to decide; None if this one may."""
        bidders = [side.bid.freelancer_id for side in (self.later, self.earlier) if side.bid]
        return why_not_decide(admin, bidders, [self.appeal] if self.appeal else [])


def waiting_copies(limit: int = 50) -> Sequence[tuple[Resemblance, Bid]]:
    """Flagged near-copies and answered rejections of placed bids, oldest first, each with the later prototype's bid."""
    waiting = _placed().where(or_(Resemblance.state == ResemblanceState.FLAGGED, exists().where(_is_appeal())))
    names = joinedload(Bid.freelancer).options(lazyload(User.roles)), joinedload(Bid.job)
    rows = db.session.execute(waiting.options(*names).order_by(Resemblance.id).limit(limit))
    return [(row[0], row[1]) for row in rows]


def near_copy(resemblance_id: int) -> NearCopy:
    """Return one near-copy, waiting or decided; raises NotFound if none concerns a placed bid."""
    found = db.session.execute(_placed().where(Resemblance.id == resemblance_id)).first()
    if found is None:
        raise NotFound("There is no such near-copy.")
    resemblance: Resemblance = found[0]
    later, earlier = _side(resemblance.prototype_id), _side(resemblance.other_id)
    text, other = _text(later.prototype), _text(earlier.prototype)
    return NearCopy(resemblance, later, earlier, shared_passages(text, other), _appeal_of(resemblance))


def decide_copy(admin: User, copy: NearCopy, act: str, reason: str, now: datetime) -> None:
    """Clear or reject a flagged near-copy, or a rejected one whose bidder has answered; the bidder is told why.

    Raises Conflict when another admin was faster, NotAllowed when one of the two is the admin's own work or the admin
    made the rejection.
    """
    demand(copy.why_not_decide(admin))
    resemblance = copy.resemblance
    db.session.refresh(resemblance, with_for_update=True)
    before = {"state": resemblance.state}
    appeal = _appeal_of(resemblance)
    if appeal:
        move(resemblance, ResemblanceState.FLAGGED, "admin", RESEMBLANCE_MOVES)
    decide(resemblance, ACTS[act], reason, now)
    bid = copy.later.bid
    if bid is None:
        raise NotFound("There is no such near-copy.")
    after = {"state": resemblance.state}
    why = Why(reason, "copied", IN_PUBLIC[act])
    note_act(admin, KIND, resemblance.id, bid.freelancer_id, act, why, before, after, now, decides=appeal)
    ask_after_checks([resemblance.prototype_id], now)


def _placed() -> Select[Resemblance, Bid]:
    is_placed = Bid.state.not_in([BidState.DRAFT, BidState.WITHDRAWN])
    return (
        select(Resemblance, Bid)
        .join(Bid, Bid.prototype_id == Resemblance.prototype_id)
        .join(Prototype, Prototype.id == Resemblance.prototype_id)
        .where(is_placed, Resemblance.revision == Prototype.revision)
    )


def _is_appeal():
    return and_(
        Resemblance.state == ResemblanceState.REJECTED,
        ModerationAct.subject_kind == KIND,
        ModerationAct.subject_id == Resemblance.id,
        ModerationAct.answered_at > Resemblance.decided_at,
    )


def _appeal_of(resemblance: Resemblance) -> ModerationAct | None:
    return db.session.scalar(
        select(ModerationAct).join(Resemblance, Resemblance.id == resemblance.id).where(_is_appeal()).limit(1)
    )


def _side(prototype_id: int) -> CopySide:
    prototype = db.session.get_one(Prototype, prototype_id)
    bid = db.session.scalar(select(Bid).where(Bid.prototype_id == prototype_id).limit(1))
    job = bid.job if bid else db.session.scalar(select(Job).where(Job.current_site_id == prototype_id).limit(1))
    return CopySide(prototype, bid, job)


def _text(prototype: Prototype) -> str:
    record = latest_full_check(prototype)
    return record.rendering.text if record and record.rendering else ""
