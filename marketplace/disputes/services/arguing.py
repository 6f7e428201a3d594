"""Statements and evidence files of both sides; file types are detected from their bytes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.accounts.policy import acts_for
from marketplace.core.database import db
from marketplace.core.errors import Invalid, demand
from marketplace.core.events import dispute_changed
from marketplace.disputes import policy
from marketplace.disputes.models import Dispute, EvidenceFile, Statement
from marketplace.disputes.services.locking import lock_dispute, step
from marketplace.disputes.states import OTHER, DisputeState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.core.storage import FileStore
    from marketplace.core.uploads import Upload

WAITS_FOR_ANSWER = (DisputeState.OPEN, DisputeState.NO_REPLY)


def say(actor: User, dispute: Dispute, words: str, now: datetime) -> Statement:
    """Add a statement; the other side's first one counts as its answer, even if late. Raises Invalid without words."""
    demand(policy.why_not_argue(actor, lock_dispute(dispute)))
    if not words.strip():
        raise Invalid("words", "Write what you have to say.")
    statement = Statement(author_id=actor.id, at=now, words=words.strip())
    dispute.statements.append(statement)
    answers = policy.part_in(actor, dispute) == OTHER and dispute.state in WAITS_FOR_ANSWER
    dispute.updated_at = now
    if answers:
        step(dispute, DisputeState.ANSWERED, OTHER, now)
    db.session.flush()
    dispute_changed.send(dispute, what="answered" if answers else "said", by=actor)
    return statement


def bring_file(actor: User, dispute: Dispute, upload: Upload, files: FileStore, now: datetime) -> EvidenceFile:
    """Store an evidence file, once per person and content. Raises Invalid beyond the limit."""
    demand(policy.why_not_argue(actor, lock_dispute(dispute)))
    key = files.save(upload.content)
    mine = [one for one in dispute.files if acts_for(actor, one.brought_by)]
    if same := next((one for one in mine if one.file_key == key), None):
        return same
    if len(mine) >= policy.MAX_FILES:
        raise Invalid("file", f"One side brings {policy.MAX_FILES} files at most. Put several into a zip file.")
    file = EvidenceFile(
        brought_by=actor.id,
        at=now,
        filename=upload.filename,
        media_type=upload.media_type,
        size=len(upload.content),
        file_key=key,
    )
    dispute.files.append(file)
    dispute.updated_at = now
    db.session.flush()
    dispute_changed.send(dispute, what="brought", by=actor)
    return file
