"""The parts that most tests need: an app on a clean database, a clock to move, visitors to send."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask_migrate import upgrade

from config.settings import Settings, load_settings
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from tests.support.databases import Databases, close
from tests.support.factories import START
from tests.support.visitor import Visitor

hypothesis.settings.register_profile("quick", max_examples=30, deadline=None)
hypothesis.settings.register_profile("long", max_examples=1_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Databases:
    folder = tmp_path_factory.mktemp("databases")

    def migrate(url: str) -> None:
        app = create_app(load_settings(database_url=url, data_dir=folder))
        with app.app_context():
            upgrade()
        close(app)

    return Databases(folder, worker_id, migrate)


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> Settings:
    """Development settings on a clean database, with no broker and no rate limits; a module may override this."""
    return load_settings(
        data_dir=tmp_path, database_url=databases.clean(tmp_path), redis_url="", rate_limits=False, secret_key="t" * 40
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    app = create_app(settings, clock)
    app.testing = True
    yield app
    close(app)


@pytest.fixture
def visitor(app: Flask) -> Callable[[], Visitor]:
    """Opens a browser: `visitor()`, each with cookies of its own."""
    return lambda: Visitor(app)
