"""Start and stop watches, check the client's site periodically, and record matches."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.checker.likeness.compare import Likeness, PageFingerprint, is_near_copy, likeness
from marketplace.core import doorbell
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.errors import Conflict, demand
from marketplace.core.events import work_reused
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.core.transitions import move
from marketplace.core.upserts import insert_once
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.prototypes.originality.index import print_of
from marketplace.prototypes.queries import full_check_of
from marketplace.prototypes.services import change_link, request_check, submit_link
from marketplace.watches import policy
from marketplace.watches.models import WorkMatch, WorkWatch
from marketplace.watches.queries import site_address, watch_of
from marketplace.watches.reasons import reason_for
from marketplace.watches.states import BIDDER, CHECK, CLOCK, MATCH_MOVES, WATCH_MOVES, MatchState, WatchState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

LOOK_EVERY = timedelta(days=3)
NO_PRINT = "No browser has seen enough of your prototype to recognise it by, so there is nothing to compare."
NO_SITE = "No address of the client’s site is known yet."
NOTHING = "The client’s site does not look like your prototype."
FOUND = "The client’s site looks much like your prototype. Our moderators look at both."


def begin_watch(actor: User, bid: Bid, days: int, now: datetime) -> WorkWatch:
    """Watch the client's site for the bid's work for this many days. Idempotent; restarts a stopped watch.

    Raises NotAllowed for anybody else or while the bid stands, Conflict when no fingerprint exists.
    """
    if known := watch_of(bid.id):
        if known.state == WatchState.STOPPED and not policy.why_not_watch(actor, bid) and now < known.ends_at:
            move(known, WatchState.WATCHING, BIDDER, WATCH_MOVES, due_at=now)
            doorbell.ring(doorbell.SEE_TO_WATCHES)
        return known
    demand(policy.why_not_watch(actor, bid))
    prototype = db.session.get_one(Prototype, bid.prototype_id)
    mine, seen = print_of(prototype.id), full_check_of(prototype.id, prototype.revision)
    if mine is None or seen is None or mine[0] != prototype.revision or not (mine[1].text or mine[1].picture):
        raise Conflict(NO_PRINT)
    values = {
        "bid_id": bid.id, "state": WatchState.WATCHING, "asked_at": now, "ends_at": now + timedelta(days=days),
        "check_id": seen.id, "words": mine[1].words, "minhash": mine[1].text, "picture_hash": mine[1].picture,
        "summary": "", "due_at": now,
    }  # fmt: skip
    insert_once(WorkWatch, values, "bid_id")
    doorbell.ring(doorbell.SEE_TO_WATCHES)
    return db.session.scalars(select(WorkWatch).where(WorkWatch.bid_id == bid.id)).one()


def stop_watch(actor: User, bid: Bid, now: datetime) -> None:
    """Stop the watch at the bidder's request. Idempotent."""
    watch = watch_of(bid.id)
    demand(policy.why_not_stop(actor, bid, watch))
    if watch and watch.state == WatchState.WATCHING:
        move(watch, WatchState.STOPPED, BIDDER, WATCH_MOVES)
        end_claim(watch, None)


def print_kept(watch: WorkWatch) -> PageFingerprint:
    """Fingerprint of the rejected work as of the watch's start."""
    return PageFingerprint(watch.words, watch.minhash, watch.picture_hash)


def _see_to(claim: Claim[WorkWatch], clock: Clock) -> None:
    site = _locked(claim.parent_id)  # lock it before the watch, in the order of checks reporting to it
    watch, now = claim.lock(), clock()
    if watch is None or watch.state != WatchState.WATCHING or watch.site_id != claim.parent_id:
        return
    if now >= watch.ends_at:
        move(watch, WatchState.ENDED, CLOCK, WATCH_MOVES)
        end_claim(watch, None)
        return
    if site:
        _judge(watch, site, now)
    if watch.state == WatchState.WATCHING:
        _look(watch, site, now)
        end_claim(watch, min((watch.looked_at or now) + LOOK_EVERY, watch.ends_at))
    else:
        end_claim(watch, None)


see_to_due = Rows(WorkWatch, _see_to, limit=20, parent="site_id")
"""Sweep that handles each due watch once."""


def _look(watch: WorkWatch, site: Prototype | None, now: datetime) -> None:
    """Request a check of the site when LOOK_EVERY has passed or its address changed."""
    address = site_address(watch.bid.job)
    if not address:
        watch.looked_at, watch.summary = now, NO_SITE
        return
    if site and site.url == address and watch.looked_at and now - watch.looked_at < LOOK_EVERY:
        return
    site = site or _locked(_shared_site(watch))
    if site is None:
        site = submit_link(address, [], now)
    elif site.url != address:
        change_link(site, address, [], now)
    else:
        with suppress(Conflict):  # it is being checked already, or was checked just now
            request_check(site, now)
    site.watched = False
    watch.site_id, watch.looked_at = site.id, now
    db.session.flush()


def _judge(watch: WorkWatch, site: Prototype, now: datetime) -> None:
    """Compare the site's newest full check, once."""
    seen, stored = full_check_of(site.id, site.revision), print_of(site.id)
    if seen is None or seen.id == watch.judged_check_id or stored is None or stored[0] != site.revision:
        return
    watch.judged_check_id = seen.id
    found = likeness(print_kept(watch), stored[1])
    if not is_near_copy(found):
        watch.summary = NOTHING
        return
    reason = reason_for(watch.bid, print_kept(watch), seen, found)
    watch.summary = f"The client’s site looks like your prototype. {reason}" if reason else FOUND
    if match := _note(watch, site, seen, found, reason, now):
        move(watch, WatchState.MATCHED, CHECK, WATCH_MOVES)
        work_reused.send(match)


def _note(
    watch: WorkWatch, site: Prototype, seen: StoredCheck, found: Likeness, reason: str, now: datetime
) -> WorkMatch | None:
    """Record the match, once per address; return it if moderators have to look at it."""
    values = {
        "watch_id": watch.id, "site_id": site.id, "site_revision": site.revision, "site_check_id": seen.id, "at": now,
        "text_likeness": found.text, "picture_likeness": found.picture,
        "state": MatchState.EXPLAINED if reason else MatchState.REPORTED, "explanation": reason,
    }  # fmt: skip
    unique = ("watch_id", "site_id", "site_revision")
    is_new = insert_once(WorkMatch, values, *unique)
    match = db.session.scalars(
        select(WorkMatch).where(*[getattr(WorkMatch, key) == values[key] for key in unique])
    ).one()
    if not is_new and match.state == MatchState.EXPLAINED and not reason:  # the explanation no longer holds
        move(match, MatchState.REPORTED, CHECK, MATCH_MOVES, explanation="", site_check_id=seen.id, at=now)
        return match
    return match if is_new and not reason else None


def _shared_site(watch: WorkWatch) -> int | None:
    """The site already watched for another bidder of the same job."""
    theirs = select(WorkWatch.site_id).join(Bid).where(WorkWatch.site_id.is_not(None), Bid.job_id == watch.bid.job_id)
    return db.session.scalar(theirs.order_by(WorkWatch.id).limit(1))


def _locked(prototype_id: int | None) -> Prototype | None:
    if prototype_id is None:
        return None
    mine = select(Prototype).where(Prototype.id == prototype_id).with_for_update(key_share=True)
    return db.session.scalar(mine.execution_options(populate_existing=True))
