"""Find linked accounts by their signals in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from marketplace.accounts.linking_rules import ADDRESS, CROWD, DEVICE, PAYOUT, Pair, Shared, pair_of, what_links
from marketplace.accounts.models import AccountSignal, KnownPair, User
from marketplace.core.database import db

_Mine, _Theirs = aliased(AccountSignal), aliased(AccountSignal)
_SAME = and_(_Mine.kind == _Theirs.kind, _Mine.digest == _Theirs.digest)


@dataclass(frozen=True, slots=True)
class SharedSignal:
    """A signal that two accounts share, and the period in which both were seen with it."""

    kind: str
    first_seen: datetime
    last_seen: datetime
    people: int
    """Number of accounts that have the signal."""


def link_between(one: int, other: int) -> str | None:
    """The kind of signal that links two accounts, or None; the same account and known pairs are not linked."""
    return links_among([one, other]).get(pair_of(one, other))


def links_among(user_ids: Collection[int]) -> dict[Pair, str]:
    """The linked pairs among these accounts -> kind of signal; one query where nothing is shared, at most four."""
    shared = (
        select(_Mine.user_id, _Theirs.user_id, _Mine.kind, _Mine.digest)
        .join(_Theirs, _SAME)
        .where(_Mine.user_id.in_(user_ids), _Theirs.user_id.in_(user_ids), _Mine.user_id < _Theirs.user_id)
    )
    return _linked(shared)


def links_seen_since(since: datetime, limit: int) -> dict[Pair, str]:
    """The linked pairs of all accounts seen together since `since`, from at most `limit` shared signals.

    Crowded addresses are skipped at once: they can't link, and may have thousands of accounts.
    """
    telling = (
        select(AccountSignal.kind, AccountSignal.digest)
        .group_by(AccountSignal.kind, AccountSignal.digest)
        .having(
            func.count() > 1,
            func.max(AccountSignal.last_seen) >= since,
            or_(AccountSignal.kind != ADDRESS, func.count() <= CROWD),
        )
        .order_by(func.max(AccountSignal.last_seen).desc())
        .limit(limit)
        .subquery()
    )
    shared = (
        select(_Mine.user_id, _Theirs.user_id, _Mine.kind, _Mine.digest)
        .join(telling, and_(telling.c.kind == _Mine.kind, telling.c.digest == _Mine.digest))
        .join(_Theirs, _SAME)
        .where(_Mine.user_id < _Theirs.user_id)
        .limit(20 * limit)
    )
    return _linked(shared)


def is_device_of(digests: Collection[str], user_id: int) -> bool:
    """Whether a browser, given its digests under all keys, was seen with the account."""
    mine = select(AccountSignal.user_id).where(
        AccountSignal.user_id == user_id, AccountSignal.kind == DEVICE, AccountSignal.digest.in_(digests)
    )
    return db.session.scalar(mine) is not None


def meetings_of(one: int, other: int) -> Sequence[SharedSignal]:
    """All signals that two accounts share, telling or not, for a moderator to judge; newest first, at most twenty."""
    rows = db.session.execute(
        select(_Mine.kind, _Mine.digest, _Mine.first_seen, _Theirs.first_seen, _Mine.last_seen, _Theirs.last_seen)
        .join(_Theirs, _SAME)
        .where(_Mine.user_id == one, _Theirs.user_id == other)
        .order_by(_Mine.last_seen.desc())
        .limit(20)
    ).all()
    people = _people([digest for _, digest, *_ in rows])
    return [
        SharedSignal(kind, max(mine_first, their_first), min(mine_last, their_last), people.get((kind, digest), 2))
        for kind, digest, mine_first, their_first, mine_last, their_last in rows
    ]


def share_an_address(pairs: Collection[Pair]) -> set[Pair]:
    """Those of the (few) pairs that share an uncrowded address and are not known pairs; a hint, never a link."""
    if not pairs:
        return set()
    rows = db.session.execute(
        select(_Mine.user_id, _Theirs.user_id, _Mine.digest)
        .join(_Theirs, _SAME)
        .where(_Mine.kind == ADDRESS, tuple_(_Mine.user_id, _Theirs.user_id).in_(pairs))
    ).all()
    people, known = _people([digest for *_, digest in rows]), _known(pairs)
    few = {(low, high) for low, high, digest in rows if people.get((ADDRESS, digest), 2) <= CROWD}
    return few - known


def known_pair(one: int, other: int) -> KnownPair | None:
    """An admin's record that these are two people, or None."""
    low, high = pair_of(one, other)
    return db.session.scalar(select(KnownPair).where(KnownPair.lower_id == low, KnownPair.higher_id == high))


def _linked(shared: Select[int, int, str, str]) -> dict[Pair, str]:
    found: dict[Pair, list[tuple[str, str]]] = defaultdict(list)
    for low, high, kind, digest in db.session.execute(shared):
        found[low, high].append((kind, digest))
    if not found:
        return {}
    created, known = _created(found), _known(found)
    alone = {digest for signals in found.values() if _is_address_only(signals) for _, digest in signals}
    people = _people(alone)
    links: dict[Pair, str] = {}
    for pair, signals in found.items():
        apart: timedelta = created[pair[0]] - created[pair[1]]
        kind = what_links([Shared(kind, people.get((kind, digest), 2)) for kind, digest in signals], apart)
        if kind is not None and pair not in known:
            links[pair] = kind
    return links


def _is_address_only(signals: Collection[tuple[str, str]]) -> bool:
    return not any(kind in (DEVICE, PAYOUT) for kind, _ in signals)


def _created(pairs: Collection[Pair]) -> dict[int, datetime]:
    ids = {one for pair in pairs for one in pair}
    return {row[0]: row[1] for row in db.session.execute(select(User.id, User.created_at).where(User.id.in_(ids)))}


def _known(pairs: Collection[Pair]) -> set[Pair]:
    lower = {low for low, _ in pairs}
    rows = db.session.execute(select(KnownPair.lower_id, KnownPair.higher_id).where(KnownPair.lower_id.in_(lower)))
    return {(row[0], row[1]) for row in rows}


def _people(digests: Collection[str]) -> dict[tuple[str, str], int]:
    """(kind, digest) -> number of accounts that have it."""
    if not digests:
        return {}
    counted = (
        select(AccountSignal.kind, AccountSignal.digest, func.count())
        .where(AccountSignal.digest.in_(digests))
        .group_by(AccountSignal.kind, AccountSignal.digest)
    )
    return {(row[0], row[1]): row[2] for row in db.session.execute(counted)}
