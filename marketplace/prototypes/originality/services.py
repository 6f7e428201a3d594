"""Compares a prototype with all others and flags near-copies for a moderator; no number decides alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.original import NAME, NOTHING, VERSION, of_a_near_copy
from marketplace.checker.likeness.compare import (
    LIKE_PICTURE,
    LIKE_TEXT,
    Likeness,
    PageFingerprint,
    is_near_copy,
    likeness,
)
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.transitions import move
from marketplace.prototypes.models import Fingerprint, Prototype, Resemblance
from marketplace.prototypes.originality.explaining import explain
from marketplace.prototypes.originality.index import alike, keep_print, print_of
from marketplace.prototypes.states import RESEMBLANCE_MOVES, ResemblanceState, review_of

PROMPT = timedelta(hours=1)
"""A first full check within this time counts from the link's submission, so that our queue decides nothing."""
MOST_NOTED = 5
"""Near-copies stored per check, the nearest ones."""


def compare(prototype: Prototype, print_: PageFingerprint, now: datetime) -> Audit:
    """Store the prototype's fingerprint and its near-copies; returns the originality audit."""
    keep_print(prototype.id, prototype.revision, print_, _known_since(prototype, print_, now))
    if not print_.text and not print_.picture:
        return _audit(Tone.NOT_MEASURED, "There is too little on this page to compare it with others.")
    found = {key: one for key, one in alike(print_, but=[prototype.id]).items() if is_near_copy(one)}
    nearest = sorted(found, key=lambda key: (-(found[key].text or 0.0), -(found[key].picture or 0.0), key))
    for key in nearest[:MOST_NOTED]:
        _note(prototype, db.session.get_one(Prototype, key), found[key], now)
    db.session.flush()
    return _say(prototype)


def _known_since(prototype: Prototype, print_: PageFingerprint, now: datetime) -> datetime:
    """Since when the content is known; a page that keeps half its text keeps its date, a rewritten one does not."""
    before = print_of(prototype.id)
    if before is None or before[0] != prototype.revision:
        return prototype.submitted_at if now - prototype.submitted_at <= PROMPT else now
    kept = likeness(before[1], print_)
    is_same = (kept.picture or 0.0) >= LIKE_PICTURE if kept.text is None else kept.text >= LIKE_TEXT
    return _fingerprint(prototype).at if is_same else now


def decide(resemblance: Resemblance, state: ResemblanceState, explanation: str, now: datetime) -> None:
    """A human clears or rejects a near-copy; raises Conflict when that was decided already."""
    if resemblance.state != ResemblanceState.FLAGGED:
        raise Conflict("Somebody has decided on this already.")
    move(resemblance, state, "admin", RESEMBLANCE_MOVES, explanation=explanation, decided_at=now)
    settle_review(db.session.get_one(Prototype, resemblance.prototype_id))


def settle_review(prototype: Prototype) -> None:
    """Set the review from the near-copies of the present URL: rejected outweighs flagged, and flagged cleared."""
    mine = select(Resemblance.state).where(
        Resemblance.prototype_id == prototype.id, Resemblance.revision == prototype.revision
    )
    states = set(db.session.scalars(mine))
    prototype.review = review_of(states)


def _note(prototype: Prototype, other: Prototype, found: Likeness, now: datetime) -> None:
    """Note that the later of the two resembles the earlier: once per revision, with the newest likeness.

    Which of the two came first is decided once and stays, even when the earlier one changes. A rejection stays at a new
    URL with the same content: the row moves there, with the bidder's answer.
    """
    earlier, later = sorted((prototype, other), key=lambda one: (_fingerprint(one).at, one.id))
    if _fingerprint(later).revision != later.revision:
        return  # its URL changed since, and is not checked yet
    mine = (Resemblance.prototype_id == later.id) & (Resemblance.other_id == earlier.id)
    theirs = (Resemblance.prototype_id == earlier.id) & (Resemblance.other_id == later.id)
    known = db.session.scalar(
        select(Resemblance).where(
            or_(mine & (Resemblance.revision == later.revision), theirs & (Resemblance.revision == earlier.revision))
        )
    )
    rejected = mine & (Resemblance.state == ResemblanceState.REJECTED)
    known = known or db.session.scalar(select(Resemblance).where(rejected).order_by(Resemblance.revision.desc()))
    if known:
        known.text_likeness, known.picture_likeness = found.text, found.picture
        if known.prototype_id == later.id:
            known.revision = later.revision
            db.session.flush()
            settle_review(later)
        return
    noted = Resemblance(
        prototype_id=later.id,
        revision=later.revision,
        other_id=earlier.id,
        text_likeness=found.text,
        picture_likeness=found.picture,
        found_at=now,
        state=ResemblanceState.FLAGGED,
        explanation="",
    )
    db.session.add(noted)
    db.session.flush()
    explain(noted)
    db.session.flush()
    settle_review(later)


def _fingerprint(prototype: Prototype) -> Fingerprint:
    return db.session.get_one(Fingerprint, prototype.id)


def _say(prototype: Prototype) -> Audit:
    rows = db.session.scalars(
        select(Resemblance).where(Resemblance.prototype_id == prototype.id, Resemblance.revision == prototype.revision)
    ).all()
    if not rows:
        return _audit(Tone.GOOD, "Nothing much like it was found among the other prototypes.")
    nearest = max(rows, key=lambda row: (row.text_likeness or 0.0, row.picture_likeness or 0.0))
    evidence = {"text": nearest.text_likeness, "picture": nearest.picture_likeness, "state": nearest.state}
    return of_a_near_copy(prototype.review, nearest.explanation, evidence)


def _audit(tone: Tone, sentence: str) -> Audit:
    return Audit(NAME, VERSION, tone, sentence, evidence=NOTHING)
