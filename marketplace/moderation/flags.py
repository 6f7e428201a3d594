"""Flags that wait for an admin: their evidence, and the decision; machines never decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload

from marketplace.accounts.models import User
from marketplace.accounts.policy import acts_for
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotFound, demand
from marketplace.core.pages import KeysetPage, page_of
from marketplace.core.transitions import move
from marketplace.moderation.models import Flag, FlagBid
from marketplace.moderation.noticing.rules import ANOMALIES, QUEUED, RULES
from marketplace.moderation.noting import note_act, note_entry
from marketplace.moderation.pairs import know, unlinked_by
from marketplace.moderation.policy import OWN_ACT, why_not_decide
from marketplace.moderation.services import act_on
from marketplace.moderation.states import FLAG_MOVES, FlagState
from marketplace.moderation.subjects import subject_of
from marketplace.moderation.wording import Why

KIND = "flag"
SHOWN_BIDS = 12
"""Side by side; a burst of hundreds is judged by its first ones."""
FINE, KNOWN, KEEP = "fine", "known", "keep"
ACTS_ON_BIDS = ("ask", "warn", "hide")
PUBLIC = {
    FINE: "nothing was wrong.",
    KNOWN: "they are two people.",
    KEEP: "what they share is more than a household or an office explains.",
    "ask": "we ask those concerned.",
    "warn": "those concerned are warned.",
    "hide": "the bids are hidden.",
}
"""Public wording of each decision."""


@dataclass(frozen=True, slots=True)
class FlaggedBids:
    """A flag's first bids, and the number of all."""

    bids: Sequence[Bid]
    count: int


def waiting_flags(limit: int = 50) -> Sequence[Flag]:
    """Waiting flags of the queue, oldest first; the rank's anomalies have a page of their own."""
    waiting = select(Flag).where(Flag.state == FlagState.WAITING, Flag.rule.in_(QUEUED)).order_by(Flag.id).limit(limit)
    return db.session.scalars(waiting.options(*_with_names())).all()


def anomalies(cursor: str | None, rule: str = "", *, decided: bool = False) -> KeysetPage[Flag]:
    """Anomalies of the rank, newest first: waiting ones, or decided ones."""
    found = select(Flag).where(Flag.rule.in_([rule] if rule in ANOMALIES else ANOMALIES))
    found = found.where(Flag.state != FlagState.WAITING if decided else Flag.state == FlagState.WAITING)
    return page_of(found.options(*_with_names()), [Flag.id], cursor)


def anomaly_counts() -> dict[str, int]:
    """Rule -> number of its findings that wait."""
    counted = select(Flag.rule, func.count()).where(Flag.state == FlagState.WAITING, Flag.rule.in_(ANOMALIES))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Flag.rule))}


def flag_of(flag_id: int) -> Flag:
    """Return one flag; raises NotFound."""
    flag = db.session.scalar(select(Flag).where(Flag.id == flag_id).options(*_with_names()))
    if flag is None:
        raise NotFound("There is no such flag.")
    return flag


def evidence_of(flag: Flag) -> FlaggedBids:
    """The bids that the flag is about."""
    of_this = (FlagBid.bid_id == Bid.id) & (FlagBid.flag_id == flag.id)
    names = joinedload(Bid.freelancer).options(lazyload(User.roles)), joinedload(Bid.job), joinedload(Bid.prototype)
    bids = db.session.scalars(
        select(Bid).join(FlagBid, of_this).options(*names).order_by(Bid.submitted_at, Bid.id).limit(SHOWN_BIDS)
    ).all()
    count = select(func.count()).select_from(FlagBid).where(FlagBid.flag_id == flag.id)
    return FlaggedBids(bids, db.session.scalar(count) or 0)


def choices_for(flag: Flag, evidence: FlaggedBids) -> dict[str, str]:
    """What an admin can do about it, with the wording."""
    if flag.rule == "appeal":
        return {KNOWN: "They are two people: mark them as known and fine", KEEP: "They stay linked"}
    acts = {FINE: "Nothing is wrong"}
    if flag.rule in ("linked_bids", "linked_places", "shared_address") and flag.person_id and flag.other_id:
        acts[KNOWN] = "They are two people: mark them as known and fine"
    if evidence.bids:
        acts |= {"ask": "Ask the bidders for an answer", "warn": "Warn the bidders", "hide": "Hide the bids"}
    return acts


def why_not_decide_flag(admin: User, flag: Flag) -> str | None:
    """Why another admin has to decide on it; None if this one may."""
    bidders = select(Bid.freelancer_id).join(FlagBid, (FlagBid.bid_id == Bid.id) & (FlagBid.flag_id == flag.id))
    refusal = why_not_decide(admin, [flag.person_id, flag.other_id, *db.session.scalars(bidders)])
    if refusal is None and flag.rule == "appeal" and flag.person_id and flag.other_id:
        return OWN_ACT if acts_for(admin, *unlinked_by(flag.person_id, flag.other_id)) else None
    return refusal


def rule_of(flag: Flag) -> str:
    """Its rule in the public log."""
    if flag.rule == "note_burst":
        return "spam"
    return "linked" if flag.rule in ("appeal", "linked_bids", "linked_places", "shared_address") else "rank"


def decide_flag(admin: User, flag: Flag, act: str, bid_ids: Collection[int], reason: str, now: datetime) -> None:
    """Carry an act out, and log it.

    Raises Conflict when another admin was faster, Invalid without a chosen bid, NotAllowed when it concerns the admin.
    """
    demand(why_not_decide_flag(admin, flag))
    why = Why(reason, rule_of(flag), f"{RULES[flag.rule].title}: {PUBLIC[act]}")
    db.session.refresh(flag, with_for_update={"of": Flag})
    if not flag.is_waiting:
        raise Conflict("Another admin has decided on this already.")
    if act == KNOWN and flag.person_id and flag.other_id:
        know(admin, flag.person_id, flag.other_id, reason, now)
    if act in ACTS_ON_BIDS:
        if not bid_ids:
            raise Invalid("bids", "Choose the bids that this is about.")
        for bid_id in sorted(bid_ids):
            act_on(admin, subject_of("bid", bid_id), act, why, now)
    before = {"state": flag.state}
    settle_flag(admin, flag, FlagState.ACTED if act in ACTS_ON_BIDS or act == KEEP else FlagState.FINE, reason, now)
    after = {"state": flag.state}
    if flag.rule == "appeal" and flag.person_id:
        answer = "grant" if act == KNOWN else "refuse"
        note_act(admin, "appeal", flag.id, flag.person_id, answer, why, before, after, now)
    else:
        note_entry(admin, KIND, flag.id, f"flag_{act}", why, before, after, now)


def settle_flag(admin: User, flag: Flag, state: FlagState, reason: str, now: datetime) -> None:
    """Store an admin's decision; an appeal granted later replaces it."""
    move(flag, state, "admin", FLAG_MOVES, decided_by=admin.id, decided_at=now, reason=reason)


def next_flag(after: Flag) -> Flag | None:
    """The oldest other flag waiting in the queue."""
    waiting = select(Flag).where(Flag.state == FlagState.WAITING, Flag.rule.in_(QUEUED), Flag.id != after.id)
    return db.session.scalar(waiting.order_by(Flag.id).limit(1))


def _with_names():
    def name(of: InstrumentedAttribute[User | None]):
        return joinedload(of).options(lazyload(User.roles))

    return joinedload(Flag.job), name(Flag.person), name(Flag.other)
