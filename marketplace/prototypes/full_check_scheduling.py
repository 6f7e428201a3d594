"""Schedules full checks: decides after each quick check whether the browser should look again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update

from marketplace.checker.record import CheckRecord
from marketplace.core import doorbell
from marketplace.core.backoff import Backoff
from marketplace.core.database import among, db
from marketplace.prototypes.models import FullCheckSchedule
from marketplace.prototypes.states import PrototypeState

MIN_INTERVAL = timedelta(minutes=10)
"""Full checks of a page that changes with every visit are at least so far apart."""
MAX_INTERVAL = timedelta(days=1)
REQUESTED_CAUSES = frozenset({"submitted", "changed", "asked"})
"""Causes for which a person waits."""
TRY_AGAIN = Backoff(timedelta(seconds=15), timedelta(minutes=64))


class Checked(Protocol):
    """The columns of a checked prototype that scheduling needs."""

    id: int
    revision: int
    state: PrototypeState
    examined_at: datetime | None


def schedule_full_checks(checked: Iterable[Checked], records: Mapping[int, CheckRecord], now: datetime) -> None:
    """Make full checks due for prototypes that are live and new or changed."""
    live = [one for one in checked if one.state == PrototypeState.LIVE]
    known = _last_hashes([one.id for one in live if one.examined_at])
    due: dict[tuple[str, int], list[int]] = {}
    for one in live:
        if _is_new(one, known.get(one.id, ""), records[one.id], now):
            due.setdefault((records[one.id].cause, one.revision), []).append(one.id)
    for (cause, revision), ids in due.items():  # nearly always one group: those just submitted
        values = {
            "cause": f"full:{cause}",
            "revision": revision,
            "due_at": now,
            "leased_until": None,
            "lease_token": None,
        }
        theirs = update(FullCheckSchedule).where(among(FullCheckSchedule.prototype_id, ids))
        db.session.execute(theirs.values(values).execution_options(synchronize_session=False))
    if due:
        doorbell.ring(doorbell.EXAMINE_PROTOTYPES)


def _last_hashes(prototype_ids: Sequence[int]) -> dict[int, str]:
    """Prototype id -> SHA-256 of the page at the last full check."""
    if not prototype_ids:
        return {}
    seen = select(FullCheckSchedule.prototype_id, FullCheckSchedule.sha256).where(
        among(FullCheckSchedule.prototype_id, prototype_ids)
    )
    return {row.prototype_id: row.sha256 for row in db.session.execute(seen)}


def _is_new(prototype: Checked, sha256: str, record: CheckRecord, now: datetime) -> bool:
    if prototype.examined_at is None or record.cause.split(":")[0] in REQUESTED_CAUSES:
        return True
    age = now - prototype.examined_at
    return age >= MAX_INTERVAL or (record.sha256 != sha256 and age >= MIN_INTERVAL)
