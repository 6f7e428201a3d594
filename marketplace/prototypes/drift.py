"""Events on a prototype's timeline: went live, content changed, control proven or lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from marketplace.checker.examination import Examination
from marketplace.checker.likeness.compare import PageFingerprint, likeness
from marketplace.core.database import db
from marketplace.prototypes.models import Prototype, PrototypeEvent, PrototypeRevision
from marketplace.prototypes.originality.index import print_of

SHOWN_URL = 200
"""Characters of an address in a sentence."""
SAME = 0.9
"""A page that keeps this share of its text, and of its look, counts as unchanged: dates and counters vary."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed since the last content event, in words and in shares kept (0..1)."""

    sentence: str
    text_kept: float | None
    picture_kept: float | None


def change_between(before: PageFingerprint, after: PageFingerprint) -> Drift | None:
    """What changed, or None; a page that gained or lost all its text has changed."""
    kept = likeness(before, after)
    parts: list[str] = []
    if kept.text is not None and kept.text < SAME:
        parts.append(f"{1 - kept.text:.0%} of its text")
    elif (before.text is None) != (after.text is None):
        parts.append("its text")
    if kept.picture is not None and kept.picture < SAME:
        parts.append("its look")
    if not parts:
        return None
    return Drift(f"The page changed: {' and '.join(parts)} is new.", kept.text, kept.picture)


def note_events(prototype: Prototype, found: Examination, now: datetime) -> None:
    """Add events for what this full check shows; call it before the new fingerprint is stored."""
    if found.record.rendering and found.record.rendering.is_measured:  # served markup is not what visitors see
        _note_content(prototype, found, now)
    if bool(found.control) != bool(prototype.control):  # a different proof is no event
        kind = "control_proven" if found.control else "control_lost"
        words = "The bidder’s control of the site was proven." if found.control else "The proof of control is gone."
        _note(prototype, now, kind, words)


def _note_content(prototype: Prototype, found: Examination, now: datetime) -> None:
    told = _last_told(prototype)
    details: dict[str, Any] = {"print": _written(found.fingerprint)}
    if told is None:
        _note(prototype, now, "went_live", _live_words(prototype), details)
        return
    before = _read(told.details.get("print")) or _newest(prototype)
    if before and found.fingerprint and (change := change_between(before, found.fingerprint)):
        kept = {"text_kept": change.text_kept, "picture_kept": change.picture_kept, "sha256": found.record.sha256}
        _note(prototype, now, "content_changed", change.sentence, kept | details)


def _last_told(prototype: Prototype) -> PrototypeEvent | None:
    """The last content event; small changes since then add up until they are reported."""
    told = select(PrototypeEvent).where(
        PrototypeEvent.prototype_id == prototype.id,
        PrototypeEvent.revision == prototype.revision,
        PrototypeEvent.kind.in_(("went_live", "content_changed")),
    )
    return db.session.scalar(told.order_by(PrototypeEvent.id.desc()).limit(1))


def _live_words(prototype: Prototype) -> str:
    """One timeline covers all URLs, so URLs after the first are named."""
    if _was_live_here(prototype):
        return f"Seen live in a browser again at {_short(prototype.url)}, where it was before."
    where = "this URL" if prototype.revision == 1 else _short(prototype.url)
    return f"Seen live in a browser for the first time at {where}."


def _short(url: str) -> str:
    return url if len(url) <= SHOWN_URL else f"{url[:SHOWN_URL]}…"


def _was_live_here(prototype: Prototype) -> bool:
    """Whether an earlier revision with the same URL has a went_live event."""
    earlier = (PrototypeRevision.prototype_id == PrototypeEvent.prototype_id) & (
        PrototypeRevision.revision == PrototypeEvent.revision
    )
    here = select(PrototypeEvent.id).join(PrototypeRevision, earlier).where(PrototypeEvent.kind == "went_live")
    same = PrototypeEvent.prototype_id == prototype.id, PrototypeRevision.url == prototype.url
    return db.session.scalar(here.where(*same).limit(1)) is not None


def _newest(prototype: Prototype) -> PageFingerprint | None:
    """For events stored before they kept fingerprints."""
    stored = print_of(prototype.id)
    return stored[1] if stored and stored[0] == prototype.revision else None


def _written(print_: PageFingerprint | None) -> dict[str, Any] | None:
    if print_ is None:
        return None
    return {"words": print_.words, "text": (print_.text or b"").hex(), "picture": (print_.picture or b"").hex()}


def _read(written: dict[str, Any] | None) -> PageFingerprint | None:
    if written is None:
        return None
    text, picture = (bytes.fromhex(written[part]) or None for part in ("text", "picture"))
    return PageFingerprint(written["words"], text, picture)


def _note(prototype: Prototype, now: datetime, kind: str, sentence: str, details: dict[str, Any] | None = None) -> None:
    event = PrototypeEvent(
        prototype_id=prototype.id,
        revision=prototype.revision,
        at=now,
        kind=kind,
        sentence=sentence,
        details=details or {},
    )
    db.session.add(event)
