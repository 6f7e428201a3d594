"""Track records computed from reviews and ended contracts: plain for pages, weighted by age for the rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Row, Select, func, select

from config.settings import Settings
from marketplace.bids.records import PROVIDER, Record
from marketplace.contracts.going_live import Delivery, Live
from marketplace.contracts.models import Contract, ContractEvent, GoLiveCheck, Milestone
from marketplace.contracts.states import FREELANCER, ContractState, LineChange, MilestoneState
from marketplace.core.database import among, db
from marketplace.prototypes.models import Prototype
from marketplace.ranking.facts import ContractFacts, PromiseFacts, ReviewFacts
from marketplace.reviews.marks import Marks, is_positive
from marketplace.reviews.models import Review
from marketplace.reviews.promises import MilestonePromise, promises_of

HALF_LIFE_YEARS = 2
YEAR = timedelta(days=365.25)

Tally = list[tuple[bool, datetime]]
"""(is good, when) for each event."""


@dataclass(frozen=True, slots=True)
class FreelancerRecord:
    """Everything that counts for one freelancer."""

    reviews: Tally = field(default_factory=list[tuple[bool, datetime]])
    """(is positive, when revealed)."""
    promises: Tally = field(default_factory=list[tuple[bool, datetime]])
    """(is kept, when the contract ended)."""
    not_measured: list[datetime] = field(default_factory=list[datetime])
    """Ends of contracts whose go-live promise could not be measured; these do not count."""
    contracts: Tally = field(default_factory=list[tuple[bool, datetime]])
    """(is completed, when the contract ended)."""

    def at(self, moment: datetime) -> Record:
        """Facts for the rank at `moment`: each event weighs 2^(-age / 2 years); sums are rounded to thousandths."""
        positive, reviews = weighed(self.reviews, moment)
        kept, promises = weighed(self.promises, moment)
        completed, contracts = weighed(self.contracts, moment)
        return Record(
            reviews=ReviewFacts(positive=positive, total=reviews),
            promises=PromiseFacts(kept=kept, total=promises),
            contracts=ContractFacts(completed=completed, total=contracts),
        )


def records_of(user_ids: Sequence[int], now: datetime) -> dict[int, Record]:
    """Records of these freelancers at `now`; people without history are omitted."""
    return {user_id: history.at(now) for user_id, history in histories_of(user_ids).items()}


def provide_records(app: Flask, _settings: Settings) -> None:
    """Register the provider of track records for the rank."""
    app.extensions[PROVIDER] = histories_of


def histories_of(user_ids: Sequence[int]) -> dict[int, FreelancerRecord]:
    """Histories of these freelancers, in four queries; only contracts signed by both count."""
    found: dict[int, FreelancerRecord] = defaultdict(FreelancerRecord)
    for row in db.session.execute(_revealed(user_ids)):
        marks = Marks(row.quality, row.on_time, row.contact)
        found[row.subject_id].reviews.append((is_positive(marks), row.revealed_at))
    ended = among(Contract.freelancer_id, user_ids) & Contract.active_at.is_not(None) & Contract.ended_at.is_not(None)
    steps = _steps_of(ended)
    of_contract = Contract.id, Contract.freelancer_id, Contract.state, Contract.ended_at, Contract.go_live_hours
    for row in db.session.execute(select(*of_contract).where(ended).order_by(Contract.id)):
        history = found[row.freelancer_id]
        history.contracts.append((row.state == ContractState.COMPLETED, row.ended_at))
        promises = promises_of(steps.get(row.id, []), row.go_live_hours, row.ended_at)
        history.promises.extend(
            (one.outcome is Delivery.KEPT, row.ended_at) for one in promises if one.outcome is not Delivery.NOT_MEASURED
        )
        history.not_measured.extend(row.ended_at for one in promises if one.outcome is Delivery.NOT_MEASURED)
    return found


def weighed(tally: Iterable[tuple[bool, datetime]], now: datetime) -> tuple[float, float]:
    """Weighted (good, all) up to `now`, with a half-life of two years; rounded to thousandths."""
    good = total = 0.0
    for is_good, at in tally:
        if at > now:
            continue
        weight = 2 ** (-(now - at) / YEAR / HALF_LIFE_YEARS)
        total += weight
        good += weight if is_good else 0
    return round(good, 3), round(total, 3)


def _revealed(user_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Review.subject_id, Review.quality, Review.on_time, Review.contact, Review.revealed_at)
        .where(among(Review.subject_id, user_ids), Review.about == FREELANCER)
        .where(Review.revealed_at.is_not(None), Review.hidden_at.is_(None))
        .order_by(Review.id)
    )


def _steps_of(ended: Any) -> dict[int, list[MilestonePromise]]:
    """Map contract ids to their standing milestones in order."""
    first = select(ContractEvent.milestone_id, func.min(ContractEvent.at)).join(Contract).where(ended)
    submitted = first.where(ContractEvent.kind == "submitted").group_by(ContractEvent.milestone_id)
    handed_in: dict[int | None, datetime] = dict(db.session.execute(submitted).all())
    dates = Milestone.due_on, Milestone.funded_at, Milestone.live_at, Milestone.proven_live_at
    newest = select(GoLiveCheck.outcome).where(GoLiveCheck.milestone_id == Milestone.id)
    outcome = newest.order_by(GoLiveCheck.id.desc()).limit(1).scalar_subquery().label("outcome")
    standing = (
        select(Milestone.id, Milestone.contract_id, *dates, Prototype.control, outcome)
        .select_from(Milestone)
        .join(Contract)
        .outerjoin(Prototype, Prototype.id == Milestone.production_id)
        .where(ended, Milestone.state != MilestoneState.DROPPED)
    )
    steps: dict[int, list[MilestonePromise]] = defaultdict(list)
    for row in db.session.execute(standing.order_by(Milestone.contract_id, Milestone.position)):
        steps[row.contract_id].append(_step(row, handed_in.get(row.id)))
    return steps


def _step(row: Row[*tuple[Any, ...]], handed_in_at: datetime | None) -> MilestonePromise:
    is_other_work = bool(row.control) and row.outcome == LineChange.DIFFERENT
    return MilestonePromise(
        row.due_on, row.funded_at, handed_in_at, Live(row.live_at, row.proven_live_at, is_other_work)
    )
