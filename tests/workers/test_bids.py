"""From a placed bid to its rank, with a real check of a real site by the worker's tasks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

import workers.app
from config.settings import Settings, load_settings
from marketplace.bids.models import Bid, RankSnapshot, Rescore
from marketplace.bids.offer import Offer
from marketplace.bids.services.rescoring import ask_for_rescore
from marketplace.bids.services.writing import place_bid, save_draft
from marketplace.checker.setup import setup_from
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.doorbell import RESCORE_JOBS
from marketplace.prototypes.quick_checks import check_due
from tests.support.databases import Databases
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.sites import Site, html, site
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines

NOTE = "The hardest part is the waiting list: two people may press at once, so the slot is held first."


@pytest.fixture
def shop() -> Iterator[Site]:
    with site({"/": html("<h1>Book now</h1>"), "/prices": html("<h1>Prices</h1>")}) as shop:
        yield shop


@pytest.fixture
def settings(tmp_path: Path, databases: Databases, shop: Site) -> Settings:
    return load_settings(
        data_dir=tmp_path, database_url=databases.clean(tmp_path), redis_url="", rate_limits=False,
        secret_key="t" * 40, guard_exceptions=frozenset({shop.place}),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


def test_working_prototype_rises_once_checked(app: Flask, settings: Settings, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        job = make_job(make_user("client"), requirements=[("page", "/prices"), ("text", "Book now")])
        cheap = make_bid(job, make_user("freelancer"), price=200_000).id
        writer = make_user("freelancer")
        draft = save_draft(writer, job, Offer(290_000, 18, 6, NOTE, prototype_url=shop.url), START)
        place_bid(writer, draft, START)
        db.session.commit()
        proven = draft.id
    run_task(RESCORE_JOBS)
    assert ranks(app) == {cheap: (1, False), proven: (2, True)}
    clock.moment += timedelta(seconds=2)
    with app.app_context():
        check_due(setup_from(settings), clock.now)
    run_task(RESCORE_JOBS)
    assert ranks(app) == {proven: (1, False), cheap: (2, False)}


def test_every_due_job_is_ranked_for_any_number(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        client, freelancer = make_user("client"), make_user("freelancer")
        for _ in range(45):
            job = make_job(client)
            make_bid(job, freelancer)
            ask_for_rescore(job.id, START)
        db.session.commit()
    run_task(RESCORE_JOBS)
    with app.app_context():
        assert len(db.session.scalars(select(RankSnapshot.job_id)).all()) == 45
        assert db.session.scalars(select(Rescore).where(Rescore.due_at.is_not(None))).all() == []


def ranks(app: Flask) -> dict[int, tuple[int | None, bool]]:
    """Bid id -> (rank, provisional), best first."""
    with app.app_context():
        rows = db.session.execute(select(Bid.id, Bid.rank, Bid.provisional).order_by(Bid.rank))
        return {row.id: (row.rank, row.provisional) for row in rows}
