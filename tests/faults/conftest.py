"""The plant that the tests of faults break: one for all tests of a file."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from flask_migrate import upgrade

from config.settings import load_settings
from marketplace.app import create_app
from tests.support.databases import close
from tests.support.plant import SECONDS, Broker, Plant, wait_for
from tests.support.postgres import running_postgres
from tests.support.sites import Site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, slow: Site) -> Generator[Plant]:
    """A migrated database, a broker and an app, for all tests of a file; the site `slow` may be reached."""
    folder = tmp_path_factory.mktemp("plant")
    broker = Broker(folder / "broker")
    with running_postgres() as database:
        settings = load_settings(
            data_dir=folder, database_url=database.url, redis_url=broker.url, guard_exceptions=frozenset({slow.place})
        )
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
    """The plant with all workers at work and nothing to do yet."""
    built.start_workers()
    wait_for(built.clear, SECONDS)
    return built
