"""PostgreSQL restarts, vanishes, is read-only or full: people are told to try again, and soon can."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from config.settings import load_settings
from marketplace.accounts.services.people import create_user
from marketplace.app import create_app
from marketplace.core.database import db
from marketplace.core.patience import of_pages
from marketplace.web.limits import limiter
from tests.support.databases import close
from tests.support.plant import SECONDS, wait_for
from tests.support.postgres import Postgres, running_postgres
from tests.support.relay import Relay, relay_to
from tests.support.small_disk import small_disk
from tests.support.visitor import Visitor

pytestmark = pytest.mark.faults
TITLE = "A table for two"


@dataclass(frozen=True)
class Site:
    """A web process's application, a relay before its database, and a signed-in person."""

    app: Flask
    server: Postgres
    relay: Relay
    amara: Visitor
    token: str

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def save_job(self) -> TestResponse:
        return self.amara.http.post("/jobs/new", data={"csrf_token": self.token, "title": TITLE})


def opened(url: str, server: Postgres, relay: Relay, folder: Path) -> Site:
    settings = load_settings(
        data_dir=folder, database_url=url, redis_url="", rate_limits=True, secret_key="t" * 40,
        page_statement_seconds=3, page_lock_seconds=1,
    )  # fmt: skip
    app = create_app(settings, patience=of_pages(settings))
    limiter.enabled = True
    with app.app_context():
        upgrade()
        person = create_user("amara@example.com", "x" * 20, "Amara", ["client"], datetime.now(UTC), confirmed=True)
        db.session.commit()
        amara = Visitor(app).as_user(person.id)
    return Site(app, server, relay, amara, amara.csrf_token())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running_postgres() as server, relay_to(server.port) as relay:
        url = server.url.replace(f":{server.port}/", f":{relay.port}/")
        site = opened(url, server, relay, tmp_path_factory.mktemp("home"))
        yield site
        close(site.app)


@pytest.fixture
def site(built: Site) -> Site:
    assert built.amara.get("/me").status_code == 200, "all is well before the test"
    return built


def is_told_to_try_again(response: TestResponse) -> bool:
    return response.status_code == 503 and "Retry-After" in response.headers and "try again" in response.text


@contextmanager
def view(site: Site, endpoint: str, acts: Callable[[], object]) -> Generator[None]:
    """Replace the page's view by `acts` during the block."""
    as_ever = site.app.view_functions[endpoint]
    site.app.view_functions[endpoint] = acts
    try:
        yield
    finally:
        site.app.view_functions[endpoint] = as_ever


ASKED: dict[str, Callable[[Site], TestResponse]] = {
    "a page": lambda site: site.amara.get("/me"),
    "a public page": lambda site: site.amara.get("/jobs"),
    "a form": lambda site: site.save_job(),
    "a form without its token": lambda site: site.amara.http.post("/jobs/new", data={"title": TITLE}),
}


@pytest.fixture
def away(site: Site) -> Generator[Site]:
    site.server.stop(signal.SIGINT)
    yield site
    site.server.start()


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_during_database_restart_people_are_told_to_try_again(
    ask: Callable[[Site], TestResponse], away: Site, caplog: pytest.LogCaptureFixture
) -> None:
    assert is_told_to_try_again(ask(away))
    assert "the database can't be used: " in caplog.text


def test_pages_without_data_work_without_database(away: Site) -> None:
    unknown, alive, style = (away.amara.get(path) for path in ("/no/such/page", "/healthz", "/static/css/base.css"))
    assert (unknown.status_code, "Page not found" in unknown.text) == (404, True)
    assert (alive.status_code, style.status_code) == (200, 200)
    style.close()


def test_rate_limits_work_without_database(away: Site) -> None:
    stranger = Visitor(away.app)
    fields = {"csrf_token": stranger.csrf_token(), "theme": "dark"}
    posts = [stranger.http.post("/theme", data=fields).status_code for _ in range(130)]
    assert (posts[0], posts[-1]) == (303, 429)


def test_own_error_is_reported_as_such_without_database(away: Site) -> None:
    with view(away, "web.theme", lambda: 1 / 0):
        response = away.amara.http.post("/theme", data={"csrf_token": away.token})
    assert is_told_to_try_again(response), "who sent it can't be looked up"
    stranger = Visitor(away.app)
    token = stranger.csrf_token()
    with view(away, "web.theme", lambda: 1 / 0):
        response = stranger.http.post(
            "/theme", data={"csrf_token": token}, environ_base={"REMOTE_ADDR": "198.51.100.9"}
        )
    assert (response.status_code, "Something broke on our side" in response.text) == (500, True)


def test_typed_input_is_shown_without_database(away: Site) -> None:
    fields = {"csrf_token": away.token, "title": TITLE, "by": ""}
    assert TITLE in away.amara.http.post("/jobs/new", data=fields, headers={"Origin": "http://localhost"}).text


def test_first_page_after_a_restart_works(site: Site) -> None:
    site.server.stop(signal.SIGQUIT)
    site.server.start()
    assert site.amara.get("/me").status_code == 200


def test_page_works_after_all_connections_were_closed(site: Site) -> None:
    site.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert site.amara.get("/me").status_code == 200


def test_read_only_database_shows_pages_and_refuses_forms(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.sql("ALTER SYSTEM SET default_transaction_read_only = on")
    site.sql("SELECT pg_reload_conf()")
    try:
        assert site.amara.get("/me").status_code == 200
        assert is_told_to_try_again(site.save_job())
        assert "the database can't be used: cannot execute INSERT in a read-only transaction" in caplog.text
    finally:
        site.sql("ALTER SYSTEM RESET default_transaction_read_only")
        site.sql("SELECT pg_reload_conf()")
    assert site.save_job().status_code == 303
    site.sql("TRUNCATE jobs CASCADE")


def test_full_database_shows_pages_and_refuses_forms(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = site.server.folder / "small"
    with small_disk(folder) as disk:
        space = folder / "space"
        space.mkdir()
        subprocess.run(["/bin/chown", "--reference", site.server.folder, space], check=True)
        site.sql(f"CREATE TABLESPACE small LOCATION '{space}'")
        site.sql("ALTER TABLE jobs SET TABLESPACE small")
        disk.fill()
        try:
            assert site.amara.get("/me").status_code == 200
            assert is_told_to_try_again(site.save_job())
            assert "No space left on device" in caplog.text
            disk.make_room()
            assert site.save_job().status_code == 303
        finally:
            site.sql("ALTER TABLE jobs SET TABLESPACE pg_default")
            site.sql("DROP TABLESPACE small")


def test_vanished_database_does_not_block_pages(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.relay.vanish()
    try:
        assert is_told_to_try_again(site.amara.get("/me"))
        assert is_told_to_try_again(site.save_job())
        assert "is not asked yet" in caplog.text, "one page waited for it, the next did not"
    finally:
        site.relay.come_back()
    wait_for(lambda: site.amara.get("/me").status_code == 200, SECONDS)


def test_database_vanishing_within_a_page_delays_it_by_at_most_the_statement_timeout(site: Site) -> None:
    def vanish_amid() -> str:
        site.relay.vanish()
        return str(db.session.scalar(db.select(1)))

    with view(site, "web.theme", vanish_amid):
        response = site.amara.http.post("/theme", data={"csrf_token": site.token})
    site.relay.come_back()
    assert is_told_to_try_again(response)


def test_page_finds_the_replacement_of_a_vanished_database(site: Site) -> None:
    site.relay.replace()
    assert site.amara.get("/me").status_code == 200


def test_foreign_lock_does_not_block_a_page(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with psycopg.connect(site.server.url) as other:
        other.execute("LOCK TABLE jobs")
        assert is_told_to_try_again(site.save_job())
    assert "canceling statement due to lock timeout" in caplog.text
    assert site.save_job().status_code == 303
