"""A worker's round: nobody waits for the slow, no lease is lost at work, one link's trouble stays its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.claims import claim_due
from marketplace.core.clock import DatabaseClock, FixedClock
from marketplace.core.database import db
from marketplace.core.events import prototypes_checked
from marketplace.prototypes import work_loop
from marketplace.prototypes.models import Prototype, StoredCheck
from marketplace.prototypes.quick_checks import check_due
from marketplace.prototypes.services import change_link, stop_watching, submit_link
from tests.support.factories import START
from tests.support.sites import Site, answer, html, site

pytestmark = pytest.mark.both_engines

Meanwhile = Callable[[], None]


@pytest.fixture
def shop() -> Generator[Site]:
    with site({"/": html("<h1>Book now</h1>")}) as server:
        yield server


def setup(*sites: Site) -> Setup:
    return Setup(guard=Guard(frozenset(one.place for one in sites)), politeness=UNLIMITED, deadline=10)


def submit(*urls: str) -> None:
    for url in urls:
        submit_link(url, [], START)
    db.session.commit()


def states() -> list[str]:
    return list(db.session.scalars(select(Prototype.state).order_by(Prototype.id)))


def busy_site(app: Flask, seconds: float, *meanwhile: Meanwhile) -> Any:
    """A site that answers after some seconds, and does things at once and once more before it answers."""

    async def pages() -> AsyncIterator[bytes]:
        for act in meanwhile:
            with app.app_context():
                act()
            await asyncio.sleep(seconds / len(meanwhile))
        yield html("late")

    return site(lambda _: pages())


def test_newly_due_link_does_not_wait_for_slow_ones(app: Flask, clock: FixedClock, shop: Site) -> None:
    seen: list[list[str]] = []
    acts = (lambda: submit(shop.url), lambda: seen.append(states()))
    with app.app_context(), busy_site(app, 3, *acts) as slow:
        submit(slow.url)
        assert check_due(setup(shop, slow), clock.now) == 2
    assert seen == [["checking", "live"]]


def test_a_slow_check_keeps_its_lease(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_loop, "LEASE_SECONDS", 1)
    monkeypatch.setattr(work_loop, "RENEW_SECONDS", 0.2)
    taken: list[Prototype] = []

    def try_to_take() -> None:
        taken.extend(claim_due(Prototype, DatabaseClock().now(), 5, 60))
        db.session.commit()

    with app.app_context(), busy_site(app, 2.5, lambda: None, try_to_take) as slow:
        submit(slow.url)
        assert check_due(setup(slow), DatabaseClock().now) == 1
    assert taken == []


def test_link_that_cannot_be_stored_holds_nobody_up(app: Flask, clock: FixedClock, shop: Site) -> None:
    def stumble(prototypes: list[Prototype], **_: Any) -> None:
        if any(prototype.id == 2 for prototype in prototypes):
            raise ZeroDivisionError

    with app.app_context(), prototypes_checked.connected_to(stumble):
        submit(shop.url, shop.url, shop.url)
        assert check_due(setup(shop), clock.now) == 2
        assert states() == ["live", "unknown", "live"]
        assert set(db.session.scalars(select(StoredCheck.prototype_id))) == {1, 3}
        assert db.session.get_one(Prototype, 2).due_at > START


def test_check_of_old_requirements_is_dropped(app: Flask, clock: FixedClock, shop: Site) -> None:
    lines = [{"id": 1, "kind": "text", "value": "late"}]

    def change() -> None:
        prototype = db.session.get_one(Prototype, 1)
        change_link(prototype, prototype.url, lines, START + timedelta(seconds=1))
        db.session.commit()

    with app.app_context(), busy_site(app, 1, change) as slow:
        submit(slow.url)
        assert check_due(setup(slow), clock.now) == 0
        clock.moment += timedelta(seconds=1)
        assert states() == ["queued"]


def test_unwatched_link_still_gets_its_first_verdict(app: Flask, clock: FixedClock, shop: Site) -> None:
    with app.app_context():
        submit(shop.url)
        stop_watching([1])
        db.session.commit()
        assert check_due(setup(shop), clock.now) == 1
        prototype = db.session.get_one(Prototype, 1)
        assert (prototype.state, prototype.due_at) == ("live", None)


def test_unknown_time_does_not_make_a_link_dead(app: Flask, clock: FixedClock) -> None:
    answers = [500, 500, 500, 429, 429]
    with app.app_context(), site(lambda _: answer(answers.pop(0))) as ruin:
        submit(ruin.url)
        prototype = db.session.get_one(Prototype, 1)
        for pause in (1, 1, 40, 40, 0):
            check_due(setup(ruin), clock.now)
            clock.moment += timedelta(minutes=pause)
            prototype.due_at = clock.moment
            db.session.commit()
        assert (prototype.state, prototype.failures, prototype.is_confirmed_dead) == ("unknown", 3, False)
