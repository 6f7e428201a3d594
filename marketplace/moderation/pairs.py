"""Two accounts that share signals, as shown to an admin, and a person's appeal that they are two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, lazyload

from marketplace.accounts.linked_accounts import SharedSignal, known_pair, link_between, meetings_of
from marketplace.accounts.models import KnownPair, User
from marketplace.accounts.policy import acts_for
from marketplace.accounts.services.signals import know_pair, unknow_pair
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.pages import KeysetPage, page_of
from marketplace.jobs.models import Job
from marketplace.moderation.models import AuditEntry, Flag
from marketplace.moderation.noticing.raising import Notice, raise_flags
from marketplace.moderation.noting import note_entry, refuse_unfit
from marketplace.moderation.wording import Why

KIND = "pair"
MEETINGS = 20
KNOWN = "We know that they are two people."
NOT_KNOWN = "What we knew of them does not hold any more."


@dataclass(frozen=True, slots=True)
class AccountPair:
    """Data by which an admin judges two accounts: kinds and times of signals, never their values."""

    one: User
    other: User
    link: str | None
    """The kind of signal that links them now."""
    shared: Sequence[SharedSignal]
    known: KnownPair | None
    bids: Sequence[Bid]
    """Bids of one on the other's jobs."""
    flags: Sequence[Flag]


def pair(one: int, other: int) -> AccountPair:
    """Return two different accounts side by side; raises NotFound."""
    people = {person.id: person for person in db.session.scalars(select(User).where(User.id.in_([one, other])))}
    if len(people) < 2:
        raise NotFound("There are no such two accounts.")
    known = known_pair(one, other)
    on_each_other = or_(
        (Bid.freelancer_id == one) & (Job.client_id == other), (Bid.freelancer_id == other) & (Job.client_id == one)
    )
    bids = select(Bid).join(Job, Job.id == Bid.job_id).where(on_each_other, Bid.submitted_at.is_not(None))
    both = or_((Flag.person_id == one) & (Flag.other_id == other), (Flag.person_id == other) & (Flag.other_id == one))
    return AccountPair(
        people[one],
        people[other],
        link_between(one, other),
        meetings_of(one, other),
        known,
        db.session.scalars(bids.options(joinedload(Bid.job)).order_by(Bid.id.desc()).limit(MEETINGS)).all(),
        db.session.scalars(select(Flag).where(both).order_by(Flag.id.desc()).limit(MEETINGS)).all(),
    )


def known_pairs(cursor: str | None) -> KeysetPage[KnownPair]:
    """All pairs known to be two people, newest first."""
    return page_of(select(KnownPair), [KnownPair.id], cursor)


def names_of(pairs: Sequence[KnownPair]) -> dict[int, str]:
    """Account id -> name, for a page of pairs."""
    ids = {one for known in pairs for one in (known.lower_id, known.higher_id)}
    people = db.session.scalars(select(User).where(User.id.in_(ids)).options(lazyload(User.roles)))
    return {person.id: person.name for person in people}


def know(admin: User, one: int, other: int, reason: str, now: datetime) -> None:
    """Mark a pair as two people (a household, say), so that nothing links them any longer.

    Raises Conflict if already marked, NotAllowed when the admin is one of them.
    """
    refuse_unfit(admin, one, other)
    known = know_pair(admin, one, other, reason, now)
    note_entry(admin, KIND, known.id, "know_pair", Why(reason, "linked", KNOWN), {"known": False}, _facts(known), now)


def unknow(admin: User, one: int, other: int, reason: str, now: datetime) -> None:
    """Remove that mark: shared signals link them again.

    Raises Conflict if it isn't marked, NotAllowed when the admin is one of them.
    """
    refuse_unfit(admin, one, other)
    known = known_pair(one, other)
    if known is None:
        raise Conflict("These two are not known as two people.")
    before, pair_id = _facts(known), known.id
    unknow_pair(admin, one, other)
    note_entry(admin, KIND, pair_id, "unknow_pair", Why(reason, "linked", NOT_KNOWN), before, {"known": False}, now)


def unlinked_by(one: int, other: int) -> set[int]:
    """The admins who removed the mark of these two."""
    entries = select(AuditEntry).where(AuditEntry.subject_kind == KIND, AuditEntry.action == "unknow_pair")
    return {
        entry.actor_id
        for entry in db.session.scalars(entries)
        if entry.actor_id and set(entry.before.get("accounts", [])) == {one, other}
    }


def linked_other(person: User, slug: str) -> User:
    """Return the person at `slug` if the two are linked; raises NotFound otherwise."""
    other = db.session.scalar(select(User).where(User.slug == slug))
    if other is None or acts_for(person, other.id) or link_between(person.id, other.id) is None:
        raise NotFound("Your account is not linked to anybody by that name.")
    return other


def appeal(person: User, other: User, text: str, now: datetime) -> None:
    """File a person's appeal that a linked account is another person's; raises Conflict if filed already."""
    words = f"{person.name} says that {other.name} is another person."
    notice = Notice(
        "appeal", f"appeal:{person.id}:{other.id}", words, person_id=person.id, other_id=other.id, text=text
    )
    if not raise_flags([notice], now):
        raise Conflict(
            "You have told us already. A moderator looks at it; once decided, you find the decision under "
            "“Moderators’ decisions about you”, and can answer it there."
        )


def _facts(known: KnownPair) -> dict[str, object]:
    return {"known": True, "accounts": [known.lower_id, known.higher_id]}
