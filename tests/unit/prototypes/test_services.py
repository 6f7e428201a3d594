"""What a worker does with due links: each verdict once, nothing overwritten by the late, nobody blamed for us."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.claims import claim_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.prototypes import work_loop
from marketplace.prototypes.models import Prototype, PrototypeRevision, StoredCheck
from marketplace.prototypes.queries import evidence_of
from marketplace.prototypes.quick_checks import check_due
from marketplace.prototypes.services import change_link, request_check, stop_watching, submit_link
from marketplace.prototypes.states import PrototypeState
from marketplace.prototypes.work_loop import WorkLoop
from tests.support.factories import START
from tests.support.sites import Site, answer, html, site

pytestmark = pytest.mark.both_engines

LINES = [{"id": 1, "kind": "text", "value": "Book"}, {"id": 2, "kind": "page", "value": "/nowhere"}]


@pytest.fixture
def shop() -> Generator[Site]:
    with site({"/": html("<h1>Book now</h1>")}) as server:
        yield server


@pytest.fixture
def ruin() -> Generator[Site]:
    with site(answer(500)) as server:
        yield server


def setup(*sites: Site) -> Setup:
    return Setup(guard=Guard(frozenset(one.place for one in sites)), politeness=UNLIMITED, deadline=10)


def submitted(url: str) -> Prototype:
    prototype = submit_link(url, LINES, START)
    db.session.commit()
    return prototype


def test_a_submitted_link_is_checked_and_its_record_kept(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        assert check_due(setup(shop), clock.now) == 1
        db.session.refresh(prototype)
        assert (prototype.state, prototype.met, prototype.measured) == (PrototypeState.LIVE, 1, 2)
        record = evidence_of(prototype, clock.now()).check
        assert record is not None
        assert record.last.status == 200


def test_verdict_is_stored_once(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        submitted(shop.url)
        assert [check_due(setup(shop), clock.now) for _ in range(3)] == [1, 0, 0]
        assert db.session.scalar(select(func.count()).select_from(StoredCheck)) == 1


def test_a_worker_that_lost_its_lease_stores_nothing(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        moments = iter([START, START])

        def slow_clock() -> datetime:
            """While the first worker is busy, its lease runs out and a second worker takes the row."""
            moment = next(moments, None)
            if moment is None:
                claim_due(Prototype, START + timedelta(minutes=5), 1, 60)
                db.session.commit()
                return START + timedelta(minutes=5)
            return moment

        next(moments)
        assert check_due(setup(shop), slow_clock, seconds=0.01) == 0
        db.session.refresh(prototype)
        assert prototype.state == PrototypeState.CHECKING
        assert db.session.scalar(select(func.count()).select_from(StoredCheck)) == 0


def test_a_new_url_is_a_new_revision_and_old_checks_stay(app: Flask, clock: FixedClock, shop: Site, ruin: Site) -> None:
    with app.app_context():
        prototype = submitted(ruin.url)
        check_due(setup(shop, ruin), clock.now)
        db.session.refresh(prototype)
        change_link(prototype, shop.url, LINES, clock.now())
        db.session.commit()
        assert evidence_of(prototype, clock.now()).check is None, (
            "what was found at the old URL says nothing of the new one"
        )
        check_due(setup(shop, ruin), clock.now)
        db.session.refresh(prototype)
        assert (prototype.revision, prototype.state, prototype.failures) == (2, PrototypeState.LIVE, 0)
        revisions = select(PrototypeRevision.revision).order_by(PrototypeRevision.revision.desc())
        assert list(db.session.scalars(revisions)) == [2, 1]
        assert set(db.session.scalars(select(StoredCheck.revision))) == {1, 2}


def test_check_that_ends_during_a_database_visit_is_stored(
    app: Flask, clock: FixedClock, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = WorkLoop._visit_database  # noqa: SLF001 (made slow, not called)

    def visit_slowly(work: Any, *found: Any) -> Any:
        time.sleep(0.3)  # a slow database, during which the site answers
        return visit(work, *found)

    monkeypatch.setattr(work_loop, "TICK_SECONDS", 0)
    monkeypatch.setattr(WorkLoop, "_visit_database", visit_slowly)
    with app.app_context():
        prototype = submitted(shop.url)
        assert check_due(setup(shop), clock.now) == 1
        db.session.refresh(prototype)
        assert prototype.state == PrototypeState.LIVE


def test_findings_of_an_old_spec_are_cleared(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        prototype.met = prototype.measured = 1
        change_link(prototype, prototype.url, [{"id": "9", "kind": "text", "value": "Something else"}], START)
        assert (prototype.met, prototype.measured) == (None, None)


def test_the_same_url_again_changes_nothing(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        check_due(setup(shop), clock.now)
        db.session.refresh(prototype)
        change_link(prototype, shop.url, LINES, clock.now())
        assert (prototype.revision, prototype.state) == (1, PrototypeState.LIVE)


def test_check_requests_are_limited(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        with pytest.raises(Conflict, match="being checked already"):
            request_check(prototype, clock.now())
        check_due(setup(shop), clock.now)
        db.session.refresh(prototype)
        request_check(prototype, clock.now())
        db.session.commit()
        check_due(setup(shop), clock.now)
        db.session.refresh(prototype)
        with pytest.raises(Conflict, match="less than a minute ago"):
            request_check(prototype, clock.now())


def test_a_link_is_dead_only_after_three_failures_over_half_an_hour(app: Flask, clock: FixedClock, ruin: Site) -> None:
    with app.app_context():
        prototype = submitted(ruin.url)
        deaths = []
        for _ in range(3):
            check_due(setup(ruin), clock.now)
            db.session.refresh(prototype)
            deaths.append((prototype.state, prototype.is_confirmed_dead))
            clock.moment = prototype.due_at
        assert deaths == [("broken", False), ("broken", False), ("broken", True)]
        assert prototype.checked_at - START >= timedelta(minutes=30)


def test_unknown_result_neither_adds_nor_clears_failures(app: Flask, clock: FixedClock) -> None:
    with app.app_context(), site(answer(429, retry_after="7200")) as busy:
        prototype = submitted(busy.url)
        check_due(setup(busy), clock.now)
        db.session.refresh(prototype)
        assert (prototype.state, prototype.failures) == (PrototypeState.UNKNOWN, 0)
        assert prototype.due_at >= START + timedelta(hours=2)


def test_a_private_address_is_refused_without_a_connection(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        check_due(Setup(), clock.now)
        db.session.refresh(prototype)
        assert prototype.state == PrototypeState.REFUSED
    assert shop.connections == 0


def test_unwatched_link_is_not_rechecked(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        prototype = submitted(shop.url)
        check_due(setup(shop), clock.now)
        stop_watching([prototype.id])
        db.session.commit()
        clock.moment += timedelta(days=3)
        assert check_due(setup(shop), clock.now) == 0


def test_a_verdict_is_stored_while_a_slower_link_is_still_being_checked(
    app: Flask, clock: FixedClock, shop: Site
) -> None:
    seen: list[str] = []

    async def meanwhile() -> AsyncIterator[bytes]:
        await asyncio.sleep(1)
        with app.app_context():
            seen.extend(db.session.scalars(select(Prototype.state).order_by(Prototype.id)))
        yield html("late")

    with app.app_context(), site(lambda _: meanwhile()) as slow:
        submit_link(shop.url, [], START)
        submitted(slow.url)
        check_due(setup(shop, slow), clock.now)
    assert seen[0] == PrototypeState.LIVE
