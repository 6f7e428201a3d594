"""Linked accounts on one job: two bidders, or a bidder and the client; and groups that hold several ranks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from marketplace.accounts.linked_accounts import links_seen_since
from marketplace.accounts.linking_rules import WORDS, Pair, groups_of, pair_of
from marketplace.bids.models import Bid
from marketplace.bids.states import LIVE
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.jobs.states import DECIDABLE
from marketplace.moderation.models import Flag, FlagBid
from marketplace.moderation.noticing.raising import Notice, grow, raise_flags
from marketplace.moderation.noticing.rules import holds_several
from marketplace.moderation.states import FlagState

RULE = "linked_bids"
SEEN_WITHIN = timedelta(days=1)
"""Age of the signals read at each run; every sign-in, bid and posting leaves one."""
MAX_SIGNALS = 500
CHUNK = 100


@dataclass(frozen=True, slots=True)
class SharedJob:
    """Two linked accounts on one undecided job; the client has no bid and no rank."""

    job_id: int
    pair: Pair
    bids: tuple[int, ...]
    places: Mapping[int, int | None]
    """Bidder -> rank."""


def notice_linked(now: datetime) -> int:
    """Flag linked accounts that meet on undecided jobs; return how many flags are new."""
    links = links_seen_since(now - SEEN_WITHIN, MAX_SIGNALS)
    met = [found for pairs in _chunks(sorted(links)) for found in (*_two_bidders(pairs), *_bidder_and_client(pairs))]
    by_pair: dict[Pair, list[SharedJob]] = defaultdict(list)
    for one in met:
        by_pair[one.pair].append(one)
    notices = [notice for pair, meetings in by_pair.items() for notice in _pair(pair, links[pair], meetings)]
    return raise_flags([*notices, *_groups(met)], now)


def _two_bidders(pairs: list[Pair]) -> Iterator[SharedJob]:
    one, other = aliased(Bid), aliased(Bid)
    rows = db.session.execute(
        select(one.job_id, one.id, one.freelancer_id, one.rank, other.id, other.freelancer_id, other.rank)
        .join(other, other.job_id == one.job_id)
        .join(Job, Job.id == one.job_id)
        .where(
            tuple_(one.freelancer_id, other.freelancer_id).in_(pairs),
            one.state.in_(LIVE),
            other.state.in_(LIVE),
            Job.state.in_(DECIDABLE),
        )
    )
    for job_id, bid_id, person, place, other_bid, other_person, other_place in rows:
        places = {person: place, other_person: other_place}
        yield SharedJob(job_id, (person, other_person), (bid_id, other_bid), places)


def _bidder_and_client(pairs: list[Pair]) -> Iterator[SharedJob]:
    """Bids placed before the link was known; later ones are refused."""
    ways = [way for low, high in pairs for way in ((low, high), (high, low))]
    rows = db.session.execute(
        select(Bid.job_id, Bid.id, Bid.freelancer_id, Job.client_id)
        .join(Job, Job.id == Bid.job_id)
        .where(
            tuple_(Bid.freelancer_id, Job.client_id).in_(ways),
            Bid.state.in_(LIVE),
            Job.state.in_(DECIDABLE),
        )
    )
    for job_id, bid_id, bidder, client in rows:
        yield SharedJob(job_id, pair_of(bidder, client), (bid_id,), {})


def _pair(pair: Pair, kind: str, meetings: Sequence[SharedJob]) -> Iterator[Notice]:
    """One flag per pair while it waits, for any number of jobs; once decided, new meetings make another."""
    of_theirs = (Flag.rule == RULE) & (Flag.person_id == pair[0]) & (Flag.other_id == pair[1])
    told = select(FlagBid.bid_id).join(Flag, Flag.id == FlagBid.flag_id).where(of_theirs)
    bids = {bid for one in meetings for bid in one.bids}
    fresh = bids.difference(db.session.scalars(told))
    if not fresh:
        return
    jobs = {one.job_id for one in meetings}
    sentence = _sentence(kind, len(jobs), with_client=any(not one.places for one in meetings))
    waiting = db.session.scalar(select(Flag).where(of_theirs, Flag.state == FlagState.WAITING).limit(1))
    if waiting is not None:
        grow(waiting, sentence, bids)
        return
    job_id = next(iter(jobs)) if len(jobs) == 1 else None
    yield Notice(RULE, f"{RULE}:{pair[0]}:{pair[1]}:{min(fresh)}", sentence, job_id, *pair, tuple(bids))


def _sentence(kind: str, jobs: int, *, with_client: bool) -> str:
    what = "A bidder’s account is linked to the client’s" if with_client else "Two bidders’ accounts are linked"
    return f"{what}: {WORDS[kind]}." + (f" They meet on {jobs} jobs." if jobs > 1 else "")


def _groups(met: Iterable[SharedJob]) -> Iterator[Notice]:
    by_job: dict[int, list[SharedJob]] = defaultdict(list)
    for one in met:
        if one.places:
            by_job[one.job_id].append(one)
    for job_id, meetings in by_job.items():
        places = {person: place for one in meetings for person, place in one.places.items()}
        bids = {person: bid for one in meetings for person, bid in zip(one.pair, one.bids, strict=True)}
        for group in groups_of(one.pair for one in meetings):
            held = sorted(place for person in group if (place := places[person]) is not None)
            if holds_several(held):
                words = f"One linked group holds the places {', '.join(map(str, held))} of this job."
                of_theirs = tuple(bids[person] for person in group)
                key = f"linked_places:{job_id}:{group[0]}"
                yield Notice("linked_places", key, words, job_id, group[0], group[1], of_theirs)


def _chunks(pairs: list[Pair]) -> Iterator[list[Pair]]:
    return (pairs[at : at + CHUNK] for at in range(0, len(pairs), CHUNK))
