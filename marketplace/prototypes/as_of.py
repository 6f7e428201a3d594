"""How links stood at a given moment, by the checks that began before it, whatever later ones found.

Quick and full checks count separately. Where none of a kind began in time, or none that tried a requirement, the first
later one of the same URL stands in, so that our queue costs nobody a point. See docs/decisions/0027.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, Subquery, and_, case, func, or_, select

from marketplace.checker.audits.polish import polish_of
from marketplace.checker.browser.view import Rendering
from marketplace.checker.requirements import Outcome
from marketplace.checker.states import CheckState
from marketplace.core.database import among, db
from marketplace.prototypes.models import Prototype, Resemblance, StoredCheck
from marketplace.prototypes.states import PrototypeState, ResemblanceState, ReviewState, note_state, review_of

_BEGUN = func.coalesce(StoredCheck.begun_at, StoredCheck.finished_at)
_OF_PRESENT_URL = (Prototype.id == StoredCheck.prototype_id) & (Prototype.revision == StoredCheck.revision)
_RENDERING = TypeAdapter(Rendering)


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment up to which a link's checks count, and the ids of its requirements."""

    at: datetime
    lines: Collection[str]


@dataclass(slots=True)
class Known:
    """A prototype's state columns, as they were."""

    state: PrototypeState = PrototypeState.QUEUED
    review: ReviewState = ReviewState.NONE
    met: int | None = None
    measured: int | None = None
    polish: float | None = None
    failures: int = 0
    failing_since: datetime | None = None
    unknowns: int = 0
    checked_at: datetime | None = None
    examined_at: datetime | None = None


@dataclass(slots=True)
class _Findings:
    """What one kind of check found of one link: in time, else later."""

    outcomes: dict[str, str] = field(default_factory=dict[str, str])
    polish: float | None = None
    at: datetime | None = None


def known_at(moments: Mapping[int, Moment]) -> dict[int, Known]:
    """Prototype id -> how it stood at its moment, in five queries; links without a record are left out."""
    if not moments:
        return {}
    newest = _newest(moments)
    known = _states(moments, newest)
    found = _found(newest)
    reviews = _reviews(list(known))
    for key, one in known.items():
        quick, full = found[key, False], found[key, True]
        one.examined_at, one.polish = full.at, full.polish
        _count(one, quick.outcomes | full.outcomes, moments[key].lines)
        until = max(moments[key].at, full.at or moments[key].at)
        states = {state for state, found_at in reviews[key] if found_at <= until}
        one.review = review_of(states)
    return known


def _count(one: Known, outcomes: Mapping[str, str], lines: Collection[str]) -> None:
    """Count met and measured requirements; nothing for a link that did not work."""
    if one.failures or one.state == PrototypeState.REFUSED or not (outcomes or one.state == PrototypeState.LIVE):
        one.polish = None
        return
    tried = [outcomes[line] for line in lines if line in outcomes]
    one.met, one.measured = tried.count(Outcome.MET), len(tried) - tried.count(Outcome.NOT_MEASURED)


def _in_time(moments: Mapping[int, Moment]) -> ColumnElement[bool]:
    """Begun before the link's moment; one condition per distinct moment."""
    at: dict[datetime, list[int]] = defaultdict(list)
    for key, moment in moments.items():
        at[moment.at].append(key)
    return or_(*(and_(among(StoredCheck.prototype_id, keys), moment > _BEGUN) for moment, keys in at.items()))


def _newest(moments: Mapping[int, Moment]) -> Subquery:
    """The ids of the records that matter, per link and kind of check."""
    in_time, state = _in_time(moments), StoredCheck.state

    def newest(such: ColumnElement[bool]) -> ColumnElement[int]:
        return func.max(case((and_(in_time, such), StoredCheck.id)))

    told = and_(state != CheckState.UNKNOWN, or_(StoredCheck.is_full.is_(False), state == CheckState.LIVE))
    return (
        select(
            StoredCheck.prototype_id,
            StoredCheck.is_full,
            newest(state == CheckState.LIVE).label("live"),
            newest(state.in_([CheckState.LIVE, CheckState.REFUSED])).label("sound"),
            func.min(case((and_(~in_time, told), StoredCheck.id))).label("late"),
        )
        .join(Prototype, _OF_PRESENT_URL)
        .where(among(StoredCheck.prototype_id, list(moments)))
        .group_by(StoredCheck.prototype_id, StoredCheck.is_full)
        .subquery()
    )


def _states(moments: Mapping[int, Moment], newest: Subquery) -> dict[int, Known]:
    """Each link's state since it was last live or refused; by the first later check where none in time could tell."""
    in_time = _in_time(moments)
    since_sound = and_(in_time, StoredCheck.id >= func.coalesce(newest.c.sound, 0))
    looks = (
        select(StoredCheck.prototype_id, StoredCheck.state, StoredCheck.finished_at, case((in_time, 1), else_=0))
        .join(newest, _of(newest))
        .join(Prototype, _OF_PRESENT_URL)
        .where(StoredCheck.is_full.is_(False), or_(since_sound, StoredCheck.id == newest.c.late))
        .order_by(StoredCheck.id)
    )
    known: dict[int, Known] = {}
    for key, state, at, in_good_time in db.session.execute(looks):
        one = known.setdefault(key, Known())
        if in_good_time or one.state in (PrototypeState.QUEUED, PrototypeState.UNKNOWN):
            note_state(one, PrototypeState(state), at)
    return known


def _of(newest: Subquery) -> ColumnElement[bool]:
    return (newest.c.prototype_id == StoredCheck.prototype_id) & (newest.c.is_full == StoredCheck.is_full)


def _found(newest: Subquery) -> dict[tuple[int, bool], _Findings]:
    """(prototype id, whether full) -> findings of the checks that count."""
    rows = (
        select(
            StoredCheck.prototype_id,
            StoredCheck.is_full,
            StoredCheck.finished_at,
            StoredCheck.record["requirements"].label("requirements"),
            StoredCheck.record["rendering"].label("rendering"),
        )
        .join(newest, _of(newest))
        .where(or_(StoredCheck.id == newest.c.live, StoredCheck.id == newest.c.late))
        .order_by(StoredCheck.id)
    )
    found: dict[tuple[int, bool], _Findings] = defaultdict(_Findings)
    for row in db.session.execute(rows):
        _add(found[row.prototype_id, row.is_full], row)
    return found


def _add(findings: _Findings, row: Row[*tuple[Any, ...]]) -> None:
    """Rows come oldest first; a later one only fills gaps."""
    tried: Sequence[Mapping[str, Any]] = row.requirements or ()
    findings.outcomes = {str(one["id"]): str(one["outcome"]) for one in tried} | findings.outcomes
    findings.at = findings.at or row.finished_at
    if row.rendering and findings.polish is None:
        findings.polish = polish_of(_RENDERING.validate_python(row.rendering))


def _reviews(prototype_ids: Sequence[int]) -> dict[int, list[tuple[ResemblanceState, datetime]]]:
    """Prototype id -> (state, when noted) of the near-copies of its present URL."""
    rows = (
        select(Resemblance.prototype_id, Resemblance.state, Resemblance.found_at)
        .join(Prototype, (Prototype.id == Resemblance.prototype_id) & (Prototype.revision == Resemblance.revision))
        .where(among(Resemblance.prototype_id, prototype_ids))
    )
    found: dict[int, list[tuple[ResemblanceState, datetime]]] = defaultdict(list)
    for key, state, at in db.session.execute(rows):
        found[key].append((state, at))
    return found
