"""The migrations produce exactly the models' schema, and can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from marketplace.bids.models import Bid
from marketplace.contracts.models import Milestone
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.prototypes.services import submit_link
from marketplace.sample.build import add_small_sample
from tests.support.contracts import make_contract
from tests.support.factories import START, make_bid, make_job, make_user

pytestmark = pytest.mark.both_engines


def test_migrated_schema_equals_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, Base.metadata) if "job_search" not in str(one)]
        assert differences == []


def test_migrations_can_be_undone_and_redone(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert "jobs" in inspect(db.engine).get_table_names()


RELEASED = "0012"
"""Schema of marketplaces in use; their rows are migrated from here on."""


def counts() -> dict[str, int]:
    """Number of rows per table."""
    tables = [name for name in inspect(db.engine).get_table_names() if not name.startswith(("job_search", "alembic"))]
    with db.engine.connect() as connection:
        found = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}  # noqa: S608
    return {name: count for name, count in found.items() if count}


def test_marketplace_in_use_is_migrated_both_ways_without_losing_a_row(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        add_small_sample(clock.now(), 9_000)
        db.session.commit()
        before = counts()
        assert before["milestones"]
        db.session.remove()
        downgrade(revision=RELEASED)
        assert counts() == before
        upgrade()
        assert counts() == before


def test_bidders_before_an_award_count_as_told_their_place(app: Flask) -> None:
    with app.app_context():
        contract = make_contract()
        job, awarded_at = contract.award.job, contract.award.awarded_at
        made = {
            "lost": make_bid(job, make_user("freelancer")).id,
            "withdrawn": make_bid(job, make_user("freelancer"), state="withdrawn").id,
            "later": make_bid(job, make_user("freelancer"), submitted_at=awarded_at + timedelta(days=1)).id,
            "elsewhere": make_bid(make_job(job.client), make_user("freelancer")).id,
        }
        db.session.commit()
        db.session.remove()
        downgrade(revision="0021")
        upgrade()
        told = {name: db.session.get_one(Bid, bid_id).told_at for name, bid_id in made.items()}
        assert told == {"lost": awarded_at, "withdrawn": None, "later": None, "elsewhere": None}


@pytest.mark.parametrize(
    ("url", "is_proven"), [("https://gym.example/", True), ("https://www.fay.example/", False), ("", True)]
)
def test_earlier_live_verification_stays_unless_on_the_prototypes_site(app: Flask, url: str, is_proven: bool) -> None:
    with app.app_context():
        milestone = make_contract().milestones[0]
        milestone.contract.scope = {**milestone.contract.scope, "url": "https://demo.fay.example/" if url else ""}
        milestone.production_id = submit_link(url or "https://gym.example/", [], START).id
        milestone.verified_at = milestone.live_at = START
        milestone_id = milestone.id
        db.session.commit()
        db.session.remove()
        downgrade(revision="0020")
        upgrade()
        assert db.session.get_one(Milestone, milestone_id).proven_live_at == (START if is_proven else None)


def test_references_are_enforced_after_a_migration(app: Flask) -> None:
    with app.app_context():
        downgrade(revision=RELEASED)
        upgrade()
        astray = (
            "INSERT INTO waivers (milestone_id, what, waived_by, at) VALUES (9, 'source', 9, '2026-11-30 12:00:00')"
        )
        with db.engine.connect() as connection, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            connection.execute(text(astray))


@pytest.mark.parametrize(
    ("sentence", "pause", "evidence"),
    [
        ("", "", ""),
        ("The client’s bank disputes the payment, so the money is frozen until the bank has decided.", "bank", ""),
        ("The production site is not working: It answers 500.", "down", "It answers 500."),
        ("The money can’t be released now: It is 100% gone_already.", "stuck", "It is 100% gone_already."),
        ("It does not look like the awarded work.", "differs", "It does not look like the awarded work."),
        ("The freelancer has still to hand over: Source", "owed", "Source"),
    ],
)
def test_reason_against_release_becomes_a_state_and_a_sentence_again(
    app: Flask, sentence: str, pause: str, evidence: str
) -> None:
    with app.app_context():
        make_contract()
        db.session.remove()
        downgrade(revision="0013")
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE milestones SET paused = :words"), {"words": sentence})
        upgrade()
        with db.engine.connect() as connection:
            assert tuple(connection.execute(text("SELECT pause, paused FROM milestones")).one()) == (pause, evidence)
        downgrade(revision="0013")
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT paused FROM milestones")) == sentence
        upgrade()
