"""The plant that the tests of faults break, shared by all of them, and the site whose links it checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator

import pytest
from flask_migrate import upgrade

from config.settings import load_settings
from marketplace.app import create_app
from tests.support.databases import close
from tests.support.plant import SECONDS, Broker, Plant, wait_for
from tests.support.post_office import PostOffice, post_office
from tests.support.postgres import running_postgres
from tests.support.sites import Answer, Site, SiteRequest, html, site
from tests.support.slowness import crowding

PAGE = "<title>Tables</title><h1>Book a table</h1>"
PICTURED = f"""{PAGE}<img src=/picture alt='' onerror="this.onerror = null; this.src = '/other'">"""


async def _after(seconds: float) -> AsyncIterator[bytes]:
    await asyncio.sleep(seconds)
    yield html(PAGE)


def _answer(request: SiteRequest) -> Answer:
    match request.target.split("/")[1]:
        case "late":
            return _after(2)
        case "pictured":
            return html(PICTURED)
        case "picture":
            return _after(min(3 * crowding(), 8))  # a busy machine needs longer to break something meanwhile
        case _:
            return html(PAGE)


@pytest.fixture(scope="package")
def slow() -> Generator[Site]:
    """A slow site, so that checks can be killed halfway.

    /late/… answers after two seconds; /pictured/… has a broken picture that takes three seconds or more and then
    requests another; all else answers at once.
    """
    with site(_answer) as server:
        yield server


@pytest.fixture(scope="package")
def post() -> Generator[PostOffice]:
    """Accepts the product's mails; slowly on request."""
    with post_office() as server:
        yield server


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory, slow: Site, post: PostOffice) -> Generator[Plant]:
    """A migrated database, a broker and an app; the site `slow` may be reached, and `post` accepts mails."""
    folder = tmp_path_factory.mktemp("plant")
    broker = Broker(folder / "broker")
    with running_postgres() as database:
        settings = load_settings(
            data_dir=folder, database_url=database.url, redis_url=broker.url, guard_exceptions=frozenset({slow.place}),
            smtp_host=post.host, smtp_port=post.port, smtp_tls=False,
        )  # fmt: skip
        app = create_app(settings)
        with app.app_context():
            upgrade()
        plant = Plant(settings, app, database, broker)
        yield plant
        plant.kill_workers()
        close(app)
    broker.stop()


@pytest.fixture
def plant(built: Plant) -> Plant:
    """The plant with all workers running and nothing to do yet."""
    built.start_workers()
    wait_for(built.clear, SECONDS)
    return built
