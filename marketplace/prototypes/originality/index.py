"""The index over fingerprints, in the database: candidates by shared bands, then exact likeness; never all pairs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, func, insert, select

from marketplace.checker.likeness.compare import Likeness, PageFingerprint, bands_of, likeness
from marketplace.core.database import db
from marketplace.prototypes.models import Fingerprint, FingerprintBand

CANDIDATES = 50
"""Looked at closely, those with most bands in common first."""
FULL = 100
"""Prototypes that a band takes: what so many share (a template's start page) tells nothing, and no lookup gets slow."""
_LOCK = 3_000_101
"""PostgreSQL's advisory lock of this index; no other lock has this number."""


def keep_print(prototype_id: int, revision: int, print_: PageFingerprint, at: datetime) -> None:
    """Make this the prototype's print, in place of the one before; `at` is since when this content is known.

    Until the commit others wait here: two copies kept at the same moment would else not see each other.
    """
    if db.engine.dialect.name == "postgresql":  # on SQLite the write lock does it
        db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    db.session.execute(delete(FingerprintBand).where(FingerprintBand.prototype_id == prototype_id))
    stored = db.session.get(Fingerprint, prototype_id) or Fingerprint(prototype_id=prototype_id)
    stored.revision, stored.at, stored.words = revision, at, print_.words
    stored.minhash, stored.picture_hash = print_.text, print_.picture
    db.session.add(stored)
    db.session.flush()
    if bands := set(bands_of(print_)) - _full(bands_of(print_)):
        rows = [{"band": band, "prototype_id": prototype_id} for band in sorted(bands)]
        db.session.execute(insert(FingerprintBand), rows)


def print_of(prototype_id: int) -> tuple[int, PageFingerprint] | None:
    """(revision, print) as stored, or None."""
    stored = db.session.get(Fingerprint, prototype_id)
    return (stored.revision, _print(stored)) if stored else None


def alike(print_: PageFingerprint, *, but: Iterable[int] = ()) -> dict[int, Likeness]:
    """Prototype id -> likeness, of those that share a band; `but` are left out."""
    bands = bands_of(print_)
    if not bands:
        return {}
    stored = db.session.scalars(select(Fingerprint).where(Fingerprint.prototype_id.in_(candidates(bands, but))))
    return {one.prototype_id: likeness(print_, _print(one)) for one in stored}


def candidates(bands: Iterable[int], but: Iterable[int] = ()) -> Select[int]:
    """The prototypes with most of these bands, one look into the index."""
    return (
        select(FingerprintBand.prototype_id)
        .where(FingerprintBand.band.in_(list(bands)), FingerprintBand.prototype_id.not_in(list(but)))
        .group_by(FingerprintBand.prototype_id)
        .order_by(func.count().desc(), FingerprintBand.prototype_id)
        .limit(CANDIDATES)
    )


def _full(bands: Iterable[int]) -> set[int]:
    taken = select(FingerprintBand.band).where(FingerprintBand.band.in_(list(bands)))
    return set(db.session.scalars(taken.group_by(FingerprintBand.band).having(func.count() >= FULL)))


def _print(stored: Fingerprint) -> PageFingerprint:
    return PageFingerprint(stored.words, stored.minhash, stored.picture_hash)
