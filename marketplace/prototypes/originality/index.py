"""The fingerprint index in the database: candidates by shared bands, then exact likeness; never all pairs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Select, delete, func, insert, select

from marketplace.checker.likeness.compare import Likeness, PageFingerprint, bands_of, likeness
from marketplace.core.database import db
from marketplace.prototypes.models import Fingerprint, FingerprintBand

CANDIDATES = 50
"""Candidates compared, those with most bands in common first."""
FULL = 100
"""Prototypes per band: what so many share (a template's start page) is no evidence, and lookups stay fast."""
_LOCK = 3_000_101
"""PostgreSQL's advisory lock of this index; no other lock has this number."""


def keep_print(prototype_id: int, revision: int, print_: PageFingerprint, at: datetime) -> None:
    """Replace the prototype's fingerprint; `at` is since when this content is known.

    Serialized until the commit, else two copies stored at the same moment would not find each other.
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
    """Prototype id -> likeness, of those that share a band, except `but`."""
    bands = bands_of(print_)
    if not bands:
        return {}
    stored = db.session.scalars(select(Fingerprint).where(Fingerprint.prototype_id.in_(candidates(bands, but))))
    return {one.prototype_id: likeness(print_, _print(one)) for one in stored}


def candidates(bands: Iterable[int], but: Iterable[int] = ()) -> Select[int]:
    """The prototypes with most of these bands, by one index lookup."""
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
