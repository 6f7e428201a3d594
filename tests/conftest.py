"""The parts that most tests need: an app on a clean database, a clock to move, visitors to send."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from flask import Flask, has_request_context
from flask_migrate import upgrade
from passlib.hash import argon2
from sqlalchemy import Connection, Engine, event

from config.settings import Settings, load_settings
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.database import is_reading
from marketplace.web.limits import limiter
from tests.support.databases import WRITES, Databases, close
from tests.support.examples import load_profile
from tests.support.factories import START
from tests.support.stages import Stages
from tests.support.visitor import Visitor

load_profile()
gc.set_threshold(100_000, 20, 100)  # an app has a million objects, and the collector would go through them all the time
argon2.default_rounds, argon2.memory_cost, argon2.parallelism = 1, 8, 1  # a hash of full cost takes longer than a test


@event.listens_for(Engine, "before_cursor_execute")
def _no_writes_while_reading(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """On SQLite a transaction begun as a reader can't write once another has: it fails as "database is locked"."""
    in_page = has_request_context() and is_reading()
    assert not (in_page and WRITES.match(statement)), f"a page that says it only reads wrote: {statement}"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Databases]:
    folder = tmp_path_factory.mktemp("databases")

    def migrate(url: str) -> None:
        app = create_app(load_settings(database_url=url, data_dir=folder))
        with app.app_context():
            upgrade()
        close(app)

    made = Databases(folder, worker_id, migrate)
    yield made
    made.end()


@pytest.fixture(scope="session")
def all_stages(tmp_path_factory: pytest.TempPathFactory, home: Path, the_clock: FixedClock) -> Iterator[Stages]:
    stages = Stages(tmp_path_factory.mktemp("stages"), home, the_clock)
    event.listen(Engine, "before_cursor_execute", stages.note)
    yield stages
    event.remove(Engine, "before_cursor_execute", stages.note)


@pytest.fixture
def stages(all_stages: Stages, app: Flask) -> Stages:
    """Rows that many tests begin with, made once: `stages.reach("fair", build)` gives what `build` gave."""
    all_stages.app = app
    return all_stages


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the app that tests share."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def settings(home: Path, databases: Databases, all_stages: Stages) -> Settings:
    """Development settings on a clean database, with no broker and no rate limits; a module may override this."""
    shutil.rmtree(home)
    home.mkdir()
    all_stages.begin()
    return load_settings(
        data_dir=home, database_url=databases.clean(home), redis_url="", rate_limits=False, secret_key="t" * 40
    )


@pytest.fixture(scope="session")
def the_clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def clock(the_clock: FixedClock) -> FixedClock:
    the_clock.moment = START
    return the_clock


@pytest.fixture(scope="session")
def app_for(the_clock: FixedClock) -> Iterator[Callable[[Settings], Flask]]:
    """The app for some settings, made once: compiling routes, templates and queries takes longer than most tests."""
    made: list[Flask] = []

    @lru_cache(maxsize=2)
    def app_of(settings: Settings) -> Flask:
        made.append(create_app(settings, the_clock))
        return made[-1]

    yield app_of
    for app in made:
        close(app)


@pytest.fixture
def app(
    settings: Settings, databases: Databases, clock: FixedClock, app_for: Callable[[Settings], Flask]
) -> Iterator[Flask]:
    """The app on the test's clean database; what a test changes in its configuration is changed back."""
    app = app_for(settings)
    config, extensions = dict(app.config), dict(app.extensions)
    app.testing = True
    limiter.enabled = settings.rate_limits  # it is one for all apps of a process
    yield app
    databases.rest(app)
    app.config.update(config)
    app.extensions.update(extensions)


@pytest.fixture
def visitor(app: Flask) -> Callable[[], Visitor]:
    """Opens a browser: `visitor()`, each with cookies of its own."""
    return lambda: Visitor(app)
