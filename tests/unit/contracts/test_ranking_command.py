"""`marketplace ranking`: fit weights to a file or own awards, rebuild and replay ranks."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.bids.models import Bid, RankSnapshot, Rescore, WeightVersion
from marketplace.bids.services.rescoring import ask_for_rescore, rescore_due
from marketplace.cli import cli
from marketplace.contracts.outcomes import own_outcomes
from marketplace.contracts.services.awarding import award_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.ranking.facts import RankFacts
from marketplace.ranking.weights import CURRENT, from_json
from tests.support.factories import START, make_bid, make_job, make_user
from tests.unit.ranking.test_fit import decided

pytestmark = pytest.mark.both_engines


def run(app: Flask, *arguments: str) -> Result:
    cli.name = "marketplace"
    return app.test_cli_runner().invoke(cli.commands["ranking"], arguments)


def written(folder: Path, count: int) -> str:
    lines = [
        json.dumps({**outcome.facts.model_dump(mode="json"), "chosen": outcome.chosen})
        for outcome in decided(count, CURRENT, 4_000)
    ]
    file = folder / "outcomes.jsonl"
    file.write_text("\n".join(lines))
    return str(file)


def test_fit_prints_and_writes_report_and_proposes_weights(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "weights.json"
    result = run(app, "fit", written(tmp_path, 250), "--propose", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "decided jobs, judged on" in result.output
    assert "chosen bid stands first" in result.output
    with app.app_context():
        version = db.session.scalars(select(WeightVersion)).one()
        assert (version.version, version.state) == ("fit-2026-11-24", "proposed")
        saved = json.loads(out.read_text())
        assert from_json(saved["weights"]) == from_json(version.values)
        assert saved["report"] == version.report
        assert version.report["source"] == "the file outcomes.jsonl"


def test_too_few_own_awards_are_refused(app: Flask) -> None:
    result = run(app, "fit", "--own")
    assert result.exit_code == 1
    assert "Error: Not enough to fit on: 0 decided jobs with 3 bids or more; a fit takes 200." in result.output


def test_invalid_line_is_named(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "outcomes.jsonl"
    file.write_text('\n{"chosen": "a"}\n')
    result = run(app, "fit", str(file))
    assert result.exit_code == 1
    assert f"{file}, line 2: job: Field required" in result.output


def test_file_and_own_option_exclude_each_other(app: Flask, tmp_path: Path) -> None:
    assert run(app, "fit").exit_code == run(app, "fit", written(tmp_path, 1), "--own").exit_code == 2


def test_award_is_fitted_with_facts_client_saw(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        job = make_job(make_user("client"))
        bids = [make_bid(job, make_user("freelancer"), price=200_000 + number) for number in range(3)]
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        rescore_due(clock.now)
        award_bid(job.client, bids[1], 1, clock.now())
        db.session.commit()
        clock.moment += timedelta(hours=1)
        db.session.execute(update(Bid).values(price=1))
        ask_for_rescore(job.id, clock.now())
        db.session.commit()
        rescore_due(clock.now)
        (outcome,) = own_outcomes()
        assert outcome.chosen == str(bids[1].id)
        assert [bid.price for bid in outcome.facts.bids] == [200_000, 200_001, 200_002]
        assert isinstance(outcome.facts, RankFacts)


def test_rebuild_keeps_rank_of_decided_job(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        bid = make_bid(make_job(make_user("client")), make_user("freelancer"))
        ask_for_rescore(bid.job_id, clock.now())
        db.session.commit()
        rescore_due(clock.now)
        award_bid(bid.job.client, bid, 1, clock.now())
        db.session.execute(update(Bid).values(price=1))
        db.session.commit()
        score = bid.score
    run(app, "rebuild")
    with app.app_context():
        assert db.session.scalars(select(Bid.score)).one() == score


def test_replay_reproduces_past_ranks(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        bid = make_bid(make_job(make_user("client")), make_user("freelancer"))
        job_id = bid.job_id
        for price in (250_000, 260_000):
            bid.price = price
            clock.moment += timedelta(hours=1)
            ask_for_rescore(job_id, clock.now())
            db.session.commit()
            rescore_due(clock.now)
    result = run(app, "replay", str(job_id))
    assert (result.exit_code, result.output.count("bids 1: the same")) == (0, 2), result.output
    facts = json.loads(run(app, "replay", str(job_id), "--facts").output)
    assert RankFacts.model_validate(facts).bids[0].price == 260_000
    with app.app_context():
        db.session.execute(update(RankSnapshot).values(order=[]))
        db.session.commit()
    result = run(app, "replay", str(job_id))
    assert (result.exit_code, "2 of the stored ranks can't be" in result.output) == (1, True)


def test_unranked_job_has_nothing_to_replay(app: Flask) -> None:
    result = run(app, "replay", "7")
    assert (result.exit_code, "Job 7 has never been ranked." in result.output) == (1, True)


def test_rebuild_ranks_every_job_with_bids_and_can_resume(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        client = make_user("client")
        for _ in range(3):
            make_bid(make_job(client), make_user("freelancer"))
        make_job(client)
    result = run(app, "rebuild")
    assert result.exit_code == 0, result.output
    assert "3/3" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RankSnapshot)) == 3
        assert {bid.rank for bid in db.session.scalars(select(Bid))} == {1}
        db.session.execute(update(Rescore).where(Rescore.job_id == 2).values(due_at=START))
        db.session.commit()
    assert "1/1" in run(app, "rebuild", "--resume").output
