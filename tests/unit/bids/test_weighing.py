"""Fitted weights apply from an admin's consent, re-rank every undecided job, and can be reverted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.bids.models import Bid, RankSnapshot, Rescore, WeightVersion
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.weighing import propose, use_weights
from marketplace.bids.weights import weights_in_use, weights_named
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.jobs.models import Job
from marketplace.ranking.facts import read_facts
from marketplace.ranking.order import as_json, rank
from marketplace.ranking.weights import CURRENT, V1, WEIGHTS, from_json
from marketplace.ranking.weights import as_json as weights_as_json
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.unit.bids.conftest import Market

pytestmark = pytest.mark.both_engines

CHEAPEST = replace(CURRENT, version="cheap", match=0, price=8_000)
MATCHING = replace(CURRENT, version="match", match=90_000, price=0)


@pytest.fixture
def admin(market: Market) -> User:
    return make_user("admin", name="Ada Admin")


def proposed(weights: Any) -> WeightVersion:
    made = propose(weights, {}, START)
    db.session.commit()
    return made


def rank_all(clock: FixedClock) -> None:
    db.session.commit()
    clock.moment += timedelta(seconds=2)
    while rescore_due(clock.now):
        pass


@pytest.mark.parametrize("version", sorted(WEIGHTS))
def test_weights_round_trip_through_json(version: str) -> None:
    assert from_json(weights_as_json(WEIGHTS[version])) == WEIGHTS[version]


def test_proposed_weights_change_nothing_before_consent(market: Market, admin: User) -> None:
    version = proposed(CHEAPEST)
    assert weights_in_use() == CURRENT
    use_weights(admin, version, START)
    assert (weights_in_use(), version.state, version.consented_by) == (CHEAPEST, "active", admin.id)


def test_consent_reranks_with_new_weights_and_old_rank_still_replays(
    market: Market, admin: User, clock: FixedClock
) -> None:
    cheap = make_bid(market.job, market.freelancer, price=100_000)
    make_bid(market.job, market.rival, price=900_000)
    ask_for_rescore(market.job.id, START)
    rank_all(clock)
    use_weights(admin, proposed(CHEAPEST), clock.now())
    rank_all(clock)
    snapshots = db.session.scalars(select(RankSnapshot).order_by(RankSnapshot.id)).all()
    assert [snapshot.weights for snapshot in snapshots] == [CURRENT.version, "cheap"]
    for snapshot in snapshots:
        weights = weights_named(snapshot.weights)
        assert weights
        assert as_json(rank(read_facts(snapshot.facts), weights), weights)["order"] == snapshot.order
    assert cheap.rank == 1
    assert cheap.terms
    assert cheap.terms["weights"] == "cheap"


def test_only_undecided_jobs_with_bids_are_reranked_in_one_statement(market: Market, admin: User) -> None:
    make_bid(market.job, market.freelancer)
    decided = make_job(market.client)
    make_bid(decided, market.freelancer)
    decided.state = "awarded"
    make_job(market.client)  # without bids
    version = proposed(CHEAPEST)
    with counted_queries() as statements:
        use_weights(admin, version, START)
    assert len([one for one in statements if "rescores" in one]) == 1
    assert db.session.scalars(select(Rescore.job_id)).all() == [market.job.id]


def test_job_already_due_keeps_earlier_due_time(market: Market, admin: User) -> None:
    make_bid(market.job, market.freelancer)
    db.session.add(Rescore(job_id=market.job.id, due_at=START - timedelta(minutes=5)))
    db.session.commit()
    use_weights(admin, proposed(CHEAPEST), START)
    row = db.session.scalars(select(Rescore).execution_options(populate_existing=True)).one()
    assert (row.due_at, row.asked) == (START - timedelta(minutes=5), 2)


def test_weights_can_be_reverted_to_former_and_to_built_in(market: Market, admin: User) -> None:
    first, second = proposed(CHEAPEST), proposed(MATCHING)
    use_weights(admin, first, START)
    use_weights(admin, second, START)
    assert (weights_in_use(), first.state) == (MATCHING, "retired")
    use_weights(admin, first, START)
    assert (weights_in_use(), second.state) == (CHEAPEST, "retired")
    use_weights(admin, None, START)
    assert (weights_in_use(), first.state) == (CURRENT, "retired")


def test_weights_already_active_are_refused(market: Market, admin: User) -> None:
    with pytest.raises(Conflict, match="count already"):
        use_weights(admin, None, START)
    version = proposed(CHEAPEST)
    use_weights(admin, version, START)
    with pytest.raises(Conflict, match="count already"):
        use_weights(admin, version, START)


def test_only_admins_change_weights_and_names_are_unique(market: Market, admin: User) -> None:
    version = proposed(CHEAPEST)
    with pytest.raises(NotAllowed):
        use_weights(market.client, version, START)
    for taken in (CHEAPEST, V1):
        with pytest.raises(Conflict, match="already"):
            propose(taken, {}, START)


def test_unchanged_bid_is_not_rewritten(market: Market, clock: FixedClock) -> None:
    make_bid(market.job, market.freelancer)
    ask_for_rescore(market.job.id, START)
    rank_all(clock)
    ask_for_rescore(market.job.id, clock.now())
    db.session.commit()
    clock.moment += timedelta(seconds=2)
    with counted_queries() as statements:
        rescore_due(clock.now)
    assert not [one for one in statements if one.startswith("UPDATE bids")]


def test_rank_of_decided_job_stays_as_shown(market: Market, admin: User, clock: FixedClock) -> None:
    bid = make_bid(market.job, market.freelancer)
    ask_for_rescore(market.job.id, START)
    rank_all(clock)
    db.session.execute(update(Job).values(state="awarded"))
    use_weights(admin, proposed(CHEAPEST), clock.now())
    rank_all(clock)
    terms = db.session.scalar(select(Bid.terms).where(Bid.id == bid.id))
    assert terms
    assert terms["weights"] == CURRENT.version
