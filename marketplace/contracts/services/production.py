"""Production sites: watch them, compare them with the awarded revision after each full check, and act on the result."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.checker.guard.link_syntax import link_problem
from marketplace.checker.record import CheckRecord
from marketplace.contracts import policy
from marketplace.contracts.comparison import ComparedSide, compare, is_prototypes_host
from marketplace.contracts.models import ContractEvent, GoLiveCheck, Milestone
from marketplace.contracts.queries import newest_go_live_check
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.silence import SITE, follow_clock
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import CHECK, HANDED_IN, MILESTONE_MOVES, LineChange, MilestoneState, Pause
from marketplace.contracts.wording import promise_measured
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.core.events import went_live
from marketplace.core.transitions import move
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.prototypes.originality.index import print_of
from marketplace.prototypes.queries import first_live_at, full_check_of
from marketplace.prototypes.services import change_link, request_check, stop_watching, submit_link
from marketplace.prototypes.states import PrototypeState

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def set_production(milestone: Milestone, url: str, now: datetime) -> None:
    """Watch the milestone's site at `url` ("" for none) and check it now; call with the contract locked.

    Checked like prototypes, against the contract's requirements, with the client's token to prove domain control.
    """
    if message := link_problem(url):
        raise Invalid("url", message)
    contract = milestone.contract
    production = _locked(milestone.production_id)
    if not url:
        if production:
            stop_watching([production.id])
        milestone.production_id = None
        _begin_anew(milestone)
    elif production is None:
        production = submit_link(url, list(contract.scope["requirements"]), now)
        production.token = contract.token
        milestone.production_id = production.id
        _begin_anew(milestone)
    elif production.url != url:
        change_link(production, url, list(contract.scope["requirements"]), now)
        _begin_anew(milestone)
    else:
        with suppress(Conflict):  # it is being checked already, or was checked just now
            request_check(production, now)
    db.session.flush()
    db.session.expire(milestone, ["production"])


def _begin_anew(milestone: Milestone) -> None:
    """Discard results found at another address."""
    milestone.live_at = milestone.proven_live_at = None
    if milestone.pause in SITE:
        milestone.pause = Pause.NONE


def check_production(actor: User, milestone: Milestone, now: datetime) -> None:
    """Request a check by either side; raises Conflict when one is running or was done too recently."""
    lock_contract(milestone.contract)
    demand(policy.why_not_check(actor, milestone))
    if production := _locked(milestone.production_id):
        request_check(production, now)


def judge_production(milestone: Milestone, now: datetime) -> None:
    """Apply new check results (live, same, different, down); call with the contract locked.

    Idempotent: each full check is compared once.
    """
    production = milestone.production
    if production is None or milestone.state not in HANDED_IN:
        return
    if milestone.live_at is None and production.state == PrototypeState.LIVE:
        milestone.live_at = first_live_at(production) or now
    if production.state == PrototypeState.LIVE and (found := _newest_comparison(milestone, production, now)):
        _apply(milestone, found, now)
    follow_clock(milestone, now)
    plan(milestone.contract)


def _newest_comparison(milestone: Milestone, production: Prototype, now: datetime) -> GoLiveCheck | None:
    """Comparison of the newest full check of the current address; created if missing."""
    seen = full_check_of(production.id, production.revision)
    if seen is None:
        return None
    known = newest_go_live_check(milestone.id)
    if known and known.production_check_id == seen.id:
        return known
    contract = milestone.contract
    awarded = full_check_of(contract.prototype_id, contract.prototype_revision or 0) if contract.prototype_id else None
    found = compare(side_of(awarded) if awarded else None, side_of(seen), contract.scope["url"])
    check = GoLiveCheck(
        milestone_id=milestone.id,
        at=now,
        awarded_check_id=awarded.id if awarded else None,
        production_check_id=seen.id,
        outcome=found.outcome,
        reasons=list(found.reasons),
        text_likeness=found.text,
        picture_likeness=found.picture,
        structure_likeness=found.structure,
    )
    db.session.add(check)
    db.session.flush()
    return check


def _apply(milestone: Milestone, found: GoLiveCheck, now: datetime) -> None:
    """Move the milestone according to the comparison."""
    if found.outcome == LineChange.DIFFERENT and milestone.state == MilestoneState.VERIFIED_LIVE:
        move(milestone, MilestoneState.SUBMITTED, CHECK, MILESTONE_MOVES)
    elif found.outcome == LineChange.SAME:
        milestone.proven_live_at = milestone.proven_live_at or _alike_since(milestone, now)
        if milestone.state == MilestoneState.SUBMITTED:
            _verify(milestone, now)


def _alike_since(milestone: Milestone, now: datetime) -> datetime:
    """When the awarded work appeared: when the site first went live, or at the first check that found it."""
    production = milestone.production
    since = production.submitted_at if production else now
    looks = db.session.execute(
        select(GoLiveCheck, StoredCheck)
        .join(StoredCheck, StoredCheck.id == GoLiveCheck.production_check_id)
        .where(
            GoLiveCheck.milestone_id == milestone.id, GoLiveCheck.at >= since, GoLiveCheck.outcome != LineChange.UNCLEAR
        )
        .order_by(GoLiveCheck.id)
    ).all()
    there = [_is_there(milestone, check, seen) for check, seen in looks]
    if there[0]:
        return milestone.live_at or now
    return looks[there.index(True)][1].finished_at


def _is_there(milestone: Milestone, check: GoLiveCheck, seen: StoredCheck) -> bool:
    """Whether that check saw the awarded work outside the prototype's host; proof may have followed later."""
    if check.outcome != LineChange.UNPROVEN:
        return check.outcome == LineChange.SAME
    awarded = db.session.get(StoredCheck, check.awarded_check_id) if check.awarded_check_id else None
    prototype = ComparedSide(CheckRecord.from_dict(awarded.record)) if awarded else None
    return not is_prototypes_host(
        ComparedSide(CheckRecord.from_dict(seen.record)), prototype, milestone.contract.scope["url"]
    )


def _verify(milestone: Milestone, now: datetime) -> None:
    contract = milestone.contract
    move(milestone, MilestoneState.VERIFIED_LIVE, CHECK, MILESTONE_MOVES, verified_at=milestone.verified_at or now)
    if _is_told(milestone):
        return
    sentence = f"“{milestone.title}” is verified live: the awarded work, on the client’s domain."
    if measured := promise_measured(contract, milestone):
        sentence += f" {measured}"
    note(contract, "went_live", sentence, now, milestone=milestone)
    went_live.send(milestone)


def _is_told(milestone: Milestone) -> bool:
    """Whether the timeline already says so for this address, with no pause or difference since."""
    mine = ContractEvent.milestone_id == milestone.id, ContractEvent.kind.in_(("went_live", "paused", "differs"))
    newest = db.session.scalar(select(ContractEvent).where(*mine).order_by(ContractEvent.id.desc()).limit(1))
    since = milestone.production.submitted_at if milestone.production else None
    return bool(newest and since and newest.kind == "went_live" and newest.at >= since)


def side_of(check: StoredCheck) -> ComparedSide:
    """Load a stored full check with the fingerprint taken with it."""
    kept = print_of(check.prototype_id)
    return ComparedSide(CheckRecord.from_dict(check.record), kept[1] if kept and kept[0] == check.revision else None)


def _locked(prototype_id: int | None) -> Prototype | None:
    if prototype_id is None:
        return None
    mine = select(Prototype).where(Prototype.id == prototype_id).with_for_update(key_share=True)
    return db.session.scalar(mine.execution_options(populate_existing=True))
