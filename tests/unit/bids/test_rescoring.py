from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.bids.gathering import prototype_facts, rank_facts
from marketplace.bids.models import Bid, RankSnapshot, Rescore
from marketplace.bids.services import rescoring
from marketplace.bids.services.deciding import decline_bid
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.bids.services.writing import edit_bid, offer_of
from marketplace.core.claims import claim_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.events import prototypes_checked
from marketplace.jobs.services.editing import edit_job
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.services import submit_link
from marketplace.ranking.explain import columns, load
from marketplace.ranking.facts import RankFacts, read_facts
from marketplace.ranking.order import as_json, rank
from tests.support.factories import START, make_bid, make_user
from tests.support.queries import counted_queries
from tests.unit.bids.conftest import Market

pytestmark = pytest.mark.both_engines


def with_prototype(bid: Bid, **found: Any) -> Prototype:
    prototype = submit_link("https://demo.example/", [], START)
    for name, value in {"state": "live", "met": 2, "measured": 2, "checked_at": START, **found}.items():
        setattr(prototype, name, value)
    bid.prototype_id, bid.prototype_url = prototype.id, prototype.url
    db.session.commit()
    return prototype


def rescore(market: Market, clock: FixedClock) -> None:
    ask_for_rescore(market.job.id, clock.now())
    db.session.commit()
    rescore_due(clock.now)


def test_working_prototype_ranks_first_and_each_bid_has_reasons(market: Market, clock: FixedClock) -> None:
    plain, proven = make_bid(market.job, market.freelancer), make_bid(market.job, market.rival)
    with_prototype(proven)
    rescore(market, clock)
    assert (proven.rank, plain.rank) == (1, 2)
    for bid in (proven, plain):
        assert bid.terms is not None
        score = load(str(bid.id), bid.terms)
        assert score.total == bid.score == sum(column.points for column in columns(score.terms))


def test_snapshot_replays_to_same_order(market: Market, clock: FixedClock) -> None:
    with_prototype(make_bid(market.job, market.freelancer))
    make_bid(market.job, market.rival)
    rescore(market, clock)
    snapshot = db.session.scalars(select(RankSnapshot)).one()
    assert as_json(rank(read_facts(snapshot.facts)))["order"] == snapshot.order


def test_bidder_origin_does_not_change_rank_facts(market: Market) -> None:
    for person, code in zip((market.freelancer, market.rival), ("PT", "SE"), strict=True):
        make_bid(market.job, person)
        before = rank_facts([market.job.id], START)
        person.profile.country = code
        db.session.flush()
        assert rank_facts([market.job.id], START) == before
    assert "country" not in str(RankFacts.model_json_schema())


def test_reranking_unchanged_facts_stores_nothing(market: Market, clock: FixedClock) -> None:
    make_bid(market.job, market.freelancer)
    rescore(market, clock)
    clock.moment += timedelta(hours=1)
    rescore(market, clock)
    assert db.session.scalar(select(func.count()).select_from(RankSnapshot)) == 1
    assert db.session.get_one(Rescore, market.job.id).due_at is None


def test_burst_of_causes_costs_one_rescore_now_and_one_a_second_later(market: Market, clock: FixedClock) -> None:
    make_bid(market.job, market.freelancer)
    rescore(market, clock)
    for _ in range(50):
        ask_for_rescore(market.job.id, clock.now())
        db.session.commit()
    assert rescore_due(clock.now) == 0
    clock.moment += timedelta(seconds=1)
    assert (rescore_due(clock.now), rescore_due(clock.now)) == (1, 0)


def test_cause_arriving_during_ranking_is_not_lost(
    market: Market, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_bid(market.job, market.freelancer)
    ask_for_rescore(market.job.id, clock.now())
    db.session.commit()

    def rank_slowly(facts: Any, weights: Any) -> Any:
        make_bid(market.job, market.rival)
        ask_for_rescore(market.job.id, clock.now())
        db.session.commit()
        return rank(facts, weights)

    monkeypatch.setattr(rescoring, "rank", rank_slowly)
    rescore_due(clock.now)
    monkeypatch.undo()
    assert db.session.get_one(Rescore, market.job.id).due_at == START + timedelta(seconds=1)
    clock.moment += timedelta(seconds=1)
    rescore_due(clock.now)
    assert {bid.rank for bid in db.session.scalars(select(Bid))} == {1, 2}


def test_worker_with_expired_lease_stores_nothing(market: Market, clock: FixedClock) -> None:
    make_bid(market.job, market.freelancer)
    ask_for_rescore(market.job.id, START)
    db.session.commit()
    (late,) = claim_due(Rescore, START, 1, 60)
    token = late.lease_token or ""
    db.session.commit()
    clock.moment += timedelta(minutes=2)
    assert rescore_due(clock.now) == 1
    rescoring.rescore({market.job.id: token}, clock.now())
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(RankSnapshot)) == 1


def test_unrankable_job_does_not_block_others(
    market: Market, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bid = make_bid(market.job, market.freelancer)
    db.session.add(Rescore(job_id=market.job.id, due_at=START - timedelta(minutes=1)))
    db.session.commit()

    def fail(_facts: Any, _weights: Any) -> Any:
        raise RuntimeError("no memory")

    monkeypatch.setattr(rescoring, "rank", fail)
    assert rescore_due(clock.now) == 1
    monkeypatch.undo()
    clock.moment += timedelta(minutes=2)
    rescore_due(clock.now)
    assert bid.rank == 1


def test_declined_bid_loses_rank_and_keeps_score(market: Market, clock: FixedClock) -> None:
    bid, other = make_bid(market.job, market.freelancer), make_bid(market.job, market.rival, price=300_000)
    rescore(market, clock)
    before = bid.score
    decline_bid(market.client, bid, "We need somebody nearby.", START)
    db.session.commit()
    clock.moment += timedelta(seconds=2)
    rescore_due(clock.now)
    assert (bid.rank, bid.score, other.rank) == (None, before, 1)


def test_verdict_requests_rescore(market: Market) -> None:
    prototype = with_prototype(make_bid(market.job, market.freelancer))
    prototypes_checked.send([prototype], before={})
    db.session.commit()
    assert db.session.get_one(Rescore, market.job.id).due_at == START


def test_lower_price_raises_rank(market: Market, clock: FixedClock) -> None:
    dear, cheap = make_bid(market.job, market.freelancer), make_bid(market.job, market.rival, price=280_000)
    rescore(market, clock)
    assert (cheap.rank, dear.rank) == (1, 2)
    edit_bid(market.freelancer, dear, replace(offer_of(dear), price=200_000), START)
    db.session.commit()
    clock.moment += timedelta(seconds=2)
    rescore_due(clock.now)
    assert (cheap.rank, dear.rank) == (2, 1)


@pytest.mark.parametrize(
    ("row", "state", "met"),
    [
        ({"state": "queued"}, "queued", 0),
        ({"state": "live", "met": 5, "measured": 6}, "live", 5),
        ({"state": "checking", "met": 5, "measured": 6}, "live", 5),
        ({"state": "unknown", "met": 5, "measured": 6}, "live", 5),
        ({"state": "unknown"}, "unknown", 0),
        ({"state": "unknown", "met": 5, "measured": 6, "unknowns": 5}, "unknown", 5),
        ({"state": "unknown", "met": 5, "measured": 6, "unknowns": 5, "examined_at": START}, "live", 5),
        ({"state": "broken", "failures": 1, "failing_since": START, "checked_at": START}, "broken", 0),
        ({"state": "queued", "failures": 2, "failing_since": START, "checked_at": START}, "broken", 0),
        (
            {
                "state": "broken",
                "failures": 3,
                "failing_since": START,
                "checked_at": START + timedelta(minutes=32),
            },
            "dead",
            0,
        ),
        ({"state": "live", "met": 9, "measured": 12}, "live", 6),
    ],
)
def test_known_link_facts_stay_while_link_is_rechecked(row: dict[str, Any], state: str, met: int) -> None:
    facts = prototype_facts(Prototype(**{"failures": 0, "unknowns": 0, **row}), checkable=6)
    assert (facts.state, facts.met) == (state, met)


def test_changed_spec_is_checked_on_every_prototype(market: Market) -> None:
    prototype = with_prototype(make_bid(market.job, market.freelancer))
    lines = (("page", "/prices"), ("page", "/contact"))
    spec = "Members book a slot in three taps, and see which slots are free before they sign in."
    edit_job(market.client, market.job, {"requirements": lines, "spec": spec}, market.job.version, START)
    db.session.commit()
    assert prototype.state == "queued"
    assert [line["value"] for line in prototype.requirements] == ["/prices", "/contact"]


def test_query_count_does_not_grow_with_bids(app: Flask, market: Market) -> None:
    def queries() -> int:
        db.session.expire_all()
        with counted_queries() as statements:
            rank_facts([market.job.id], START)
        return len(statements)

    make_bid(market.job, market.freelancer)
    few = queries()
    for _ in range(10):
        make_bid(market.job, make_user("freelancer"))
    assert queries() == few


def test_rows_left_at_timeout_are_released_still_due(market: Market, clock: FixedClock) -> None:
    bid = make_bid(market.job, market.freelancer)
    ask_for_rescore(market.job.id, clock.now())
    db.session.commit()
    assert rescore_due(clock.now, seconds=0) == 1
    assert bid.rank is None
    rescore_due(clock.now)
    assert bid.rank == 1
