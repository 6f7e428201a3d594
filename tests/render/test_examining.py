"""Full checks in a real browser: due after changes, stored once, our own faults never counted."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.checker.browser import renderer
from marketplace.checker.browser.proxy import Proxy
from marketplace.checker.examination import Examination
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.core.claims import claim_due
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.full_check_recording import record_full_checks
from marketplace.prototypes.full_checks import examine_due
from marketplace.prototypes.models import FullCheckSchedule, Prototype, StoredCheck
from marketplace.prototypes.queries import evidence_of
from marketplace.prototypes.quick_checks import check_due
from marketplace.prototypes.services import change_link, request_check, submit_link
from tests.support.factories import START
from tests.support.sites import Site, answer, html, site

pytestmark = pytest.mark.browser

LINES = [
    {"id": "1", "kind": "text", "value": "Book a table"},
    {"id": "2", "kind": "phone", "value": ""},
    {"id": "3", "kind": "free", "value": "Guests can see when we are open"},
]
PAGE = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Bistro</title>"
    "<main id=m><h1>Bistro</h1><p>Open from Tuesday to Sunday, 17 to 23 h.</p></main>"
    "<script>m.append(Object.assign(document.createElement('a'), {href: '/b', textContent: 'Book a table'}))</script>"
)


@pytest.fixture
def bistro() -> Generator[Site]:
    with site({"/": html(PAGE)}) as server:
        yield server


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "pictures")


def setup(*sites: Site) -> Setup:
    return Setup(guard=Guard(frozenset(one.place for one in sites)), politeness=UNLIMITED, deadline=10)


def checked(app: Flask, clock: FixedClock, server: Site, lines: list[dict[str, str]] | None = None) -> int:
    """A link whose quick check is done; gives its id. Call inside an app context."""
    prototype = submit_link(server.url, lines or [], START)
    db.session.commit()
    check_due(setup(server), clock.now, seconds=10)
    return prototype.id


def examine(clock: FixedClock, files: FileStore, *sites: Site, browser: Path | None = None) -> int:
    return examine_due(setup(*sites), files, clock.now, browser=browser, linger=0)


def test_live_link_gets_a_full_check(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro, LINES))
        assert (prototype.met, prototype.measured) == (0, 0), "scripts write this page; markup alone can't tell"
        assert examine(clock, files, bistro) == 1
        evidence = evidence_of(prototype, clock.now())
        assert evidence.full
        assert evidence.full.rendering
        assert {finding.id: finding.outcome.value for finding in evidence.findings} == {"1": "met", "2": "met"}
        assert (prototype.met, prototype.measured, prototype.examined_at) == (2, 2, clock.now())
        assert set(evidence.full.rendering.shots) == {"wide", "phone"}
        assert files.path(prototype.picture_key or "").read_bytes()[8:12] == b"WEBP"
        assert "1" in evidence.full.rendering.cuts
        assert {"rendering", "accessibility", "real", "safe", "control", "original"} <= {
            audit.name for audit in evidence.audits
        }
        assert not evidence.is_examining


def test_full_check_does_not_change_quick_checks(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        prototype_id = checked(app, clock, bistro)
        prototype = db.session.get_one(Prototype, prototype_id)
        before = evidence_of(prototype, clock.now()).check
        examine(clock, files, bistro)
        assert evidence_of(prototype, clock.now()).check == before
        causes = db.session.scalars(select(StoredCheck.cause).order_by(StoredCheck.id)).all()
        assert causes == ["submitted", "full:submitted"]


def test_link_that_is_not_live_gets_no_full_check(app: Flask, clock: FixedClock, files: FileStore) -> None:
    with app.app_context(), site(answer(404, "gone")) as gone:
        checked(app, clock, gone)
        assert examine(clock, files, gone) == 0


def test_full_check_of_a_busy_host_is_postponed(app: Flask, clock: FixedClock, files: FileStore) -> None:
    answers = iter([html(PAGE), answer(429, "later"), *[html(PAGE)] * 9])
    with app.app_context(), site(lambda _: next(answers)) as busy:
        prototype = db.session.get_one(Prototype, checked(app, clock, busy))
        assert examine(clock, files, busy) == 0
        assert prototype.examined_at is None
        clock.moment += timedelta(hours=1)
        assert examine(clock, files, busy) == 1


def test_unchanged_page_gets_no_full_check_soon(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        checked(app, clock, bistro)
        examine(clock, files, bistro)
        clock.moment += timedelta(minutes=12)
        check_due(setup(bistro), clock.now, seconds=10)
        assert examine(clock, files, bistro) == 0


def test_requested_check_includes_a_full_check(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro))
        examine(clock, files, bistro)
        clock.moment += timedelta(minutes=2)
        request_check(prototype, clock.now())
        db.session.commit()
        check_due(setup(bistro), clock.now, seconds=10)
        assert examine(clock, files, bistro) == 1


def test_result_of_an_old_url_is_dropped(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro))
        turn = claim_due(FullCheckSchedule, clock.now(), 1, 60)[0]
        record = evidence_of(prototype, clock.now()).check
        assert record
        change_link(prototype, bistro.url + "new", [], clock.now())
        tokens = {prototype.id: turn.lease_token or ""}
        assert record_full_checks({prototype.id: Examination(record)}, tokens, clock.now()) == 0
        assert prototype.examined_at is None


def test_worker_without_its_lease_stores_nothing(app: Flask, clock: FixedClock, bistro: Site, files: FileStore) -> None:
    with app.app_context():
        prototype_id = checked(app, clock, bistro)
        late = claim_due(FullCheckSchedule, clock.now(), 1, 60)[0].lease_token or ""
        db.session.commit()
        clock.moment += timedelta(minutes=2)
        assert examine(clock, files, bistro) == 1
        record = evidence_of(db.session.get_one(Prototype, prototype_id), clock.now()).full
        assert record
        assert record_full_checks({prototype_id: Examination(record)}, {prototype_id: late}, clock.now()) == 0


def test_without_a_browser_the_other_auditors_run(
    app: Flask, clock: FixedClock, bistro: Site, files: FileStore
) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro, LINES))
        assert examine(clock, files, bistro, browser=Path("/nowhere/chromium")) == 1
        full = evidence_of(prototype, clock.now()).full
        assert full
        assert full.rendering
        assert full.rendering.reason == "no_browser"
        assert {finding.outcome.value for finding in full.requirements} == {"not_measured"}
        assert full.audit("real")


def test_unopened_page_is_checked_in_full_after_the_next_quick_check(
    app: Flask, clock: FixedClock, bistro: Site, files: FileStore
) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro, LINES))
        examine(clock, files, bistro, browser=Path("/nowhere/chromium"))
        clock.moment += timedelta(minutes=12)
        check_due(setup(bistro), clock.now, seconds=10)
        assert examine(clock, files, bistro) == 1
        assert prototype.picture_key


class Unplugged(Proxy):
    """A proxy that nobody can reach."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._server.close()
        return self


def test_lost_proxy_causes_one_more_full_check(
    app: Flask, clock: FixedClock, bistro: Site, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro))
        with monkeypatch.context() as broken:
            broken.setattr(renderer, "Proxy", Unplugged)
            assert examine(clock, files, bistro) == 0
        assert (prototype.state, prototype.failures, evidence_of(prototype, clock.now()).full) == ("live", 0, None)
        clock.moment += timedelta(seconds=30)
        assert examine(clock, files, bistro) == 1
        full = evidence_of(prototype, clock.now()).full
        assert full
        assert full.rendering
        assert full.rendering.is_measured


def test_full_checks_wait_while_the_disk_is_full(app: Flask, clock: FixedClock, bistro: Site, tmp_path: Path) -> None:
    no_disk = tmp_path / "file"
    no_disk.touch()
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro))
        visits = len(bistro.requests)
        assert examine(clock, FileStore(no_disk), bistro) == 0
        assert (prototype.state, len(bistro.requests)) == ("live", visits)
        no_disk.unlink()
        assert examine(clock, FileStore(no_disk), bistro) == 1
        full = evidence_of(prototype, clock.now()).full
        assert full
        assert full.rendering
        assert set(full.rendering.shots) == {"wide", "phone"}


class Worn(FileStore):
    """A disk with room on which nothing can be written; counts the tries."""

    tries = 0

    def save(self, content: bytes) -> str:
        self.tries += 1
        raise OSError(f"{len(content)} bytes not written")


def test_unstorable_screenshots_cause_three_more_tries(
    app: Flask, clock: FixedClock, bistro: Site, tmp_path: Path
) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, checked(app, clock, bistro))
        worn = Worn(tmp_path)
        stored = sum(examine(clock, worn, bistro) for _ in range(4))  # a round may have time for two tries
        assert (stored, worn.tries) == (1, 4)
        full = evidence_of(prototype, clock.now()).full
        assert full
        assert full.rendering
        assert (full.rendering.is_measured, full.rendering.shots) == (True, {})
