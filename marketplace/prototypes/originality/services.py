"""Comparing a prototype with all others: near-copies are noted for a human, and nobody is judged by a number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.core.events import prototype_resembles
from marketplace.prototypes.audits.audit import Audit, Tone
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.originality.index import alike, keep_print
from marketplace.prototypes.originality.likeness import Likeness, Print, is_near_copy

NAME, VERSION = "original", 1


def compare(prototype: Prototype, print_: Print, now: datetime) -> Audit:
    """Keep the prototype's print, note the near-copies among the others, and say what came of it.

    Evidence: {"text", "picture": likeness of the nearest (0..1) or None, "state"}; whose work it is stays sealed.
    """
    keep_print(prototype.id, prototype.revision, print_, now)
    if not print_.text and not print_.picture:
        return _audit(Tone.NOT_MEASURED, "There is too little on this page to compare it with others.")
    found = alike(print_, but=[prototype.id])
    others = {one.id: one for one in db.session.scalars(select(Prototype).where(Prototype.id.in_(found)))}
    for key, other in sorted(others.items()):
        if is_near_copy(found[key]):
            _note(prototype, other, found[key], now)
    db.session.flush()
    return _say(prototype)


def decide(resemblance: Resemblance, state: str, explanation: str, now: datetime) -> None:
    """A human clears or rejects a near-copy; raises Conflict when that was decided already."""
    if resemblance.state != "flagged":
        raise Conflict("Somebody has decided on this already.")
    resemblance.state, resemblance.explanation, resemblance.decided_at = state, explanation, now
    db.session.flush()
    settle_review(db.session.get_one(Prototype, resemblance.prototype_id))


def settle_review(prototype: Prototype) -> None:
    """What stands of the resemblances of the prototype's present URL: rejected outweighs flagged, that cleared."""
    mine = select(Resemblance.state).where(
        Resemblance.prototype_id == prototype.id, Resemblance.revision == prototype.revision
    )
    states = set(db.session.scalars(mine))
    prototype.review = next((state for state in ("rejected", "flagged", "cleared") if state in states), "")


def _note(prototype: Prototype, other: Prototype, found: Likeness, now: datetime) -> None:
    """The later of the two resembles the earlier; once for each revision, with the newest likeness."""
    later, earlier = sorted((prototype, other), key=lambda one: (one.submitted_at, one.id), reverse=True)
    known = db.session.scalar(
        select(Resemblance).where(
            Resemblance.prototype_id == later.id,
            Resemblance.revision == later.revision,
            Resemblance.other_id == earlier.id,
        )
    )
    if known:
        known.text_likeness, known.picture_likeness = found.text, found.picture
        return
    noted = Resemblance(
        prototype_id=later.id,
        revision=later.revision,
        other_id=earlier.id,
        text_likeness=found.text,
        picture_likeness=found.picture,
        found_at=now,
        state="flagged",
        explanation="",
    )
    db.session.add(noted)
    db.session.flush()
    prototype_resembles.send(noted)
    db.session.flush()
    settle_review(later)


def _say(prototype: Prototype) -> Audit:
    rows = db.session.scalars(
        select(Resemblance).where(Resemblance.prototype_id == prototype.id, Resemblance.revision == prototype.revision)
    ).all()
    if not rows:
        return _audit(Tone.GOOD, "Nothing much like it was found among the other prototypes.")
    nearest = max(rows, key=lambda row: (row.text_likeness or 0.0, row.picture_likeness or 0.0))
    evidence = {"text": nearest.text_likeness, "picture": nearest.picture_likeness, "state": nearest.state}
    if prototype.review == "flagged":
        sentence = "It looks much like another site. A moderator looks at both; until then nothing is taken from it."
        mend = "If the likeness has a reason, such as a template or earlier work, say so under “What it reuses”."
        return Audit(NAME, VERSION, Tone.NOTE, sentence, mend, evidence)
    if prototype.review == "rejected":
        return Audit(NAME, VERSION, Tone.BAD, "A moderator found it to be a copy without credit.", "", evidence)
    if prototype.review == "cleared":
        return Audit(
            NAME, VERSION, Tone.GOOD, "It looks like another site; a moderator saw no wrong in it.", "", evidence
        )
    return Audit(
        NAME, VERSION, Tone.GOOD, f"It looks like another site, and says why. {nearest.explanation}", "", evidence
    )


def _audit(tone: Tone, sentence: str) -> Audit:
    return Audit(NAME, VERSION, tone, sentence, evidence={"text": None, "picture": None, "state": ""})
