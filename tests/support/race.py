"""Races of fifty real threads, each with its own connection; tests assert exactly one legal outcome."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

import marketplace.base
from config.settings import Settings
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db, engine_options
from marketplace.core.errors import MarketplaceError
from tests.support.databases import close

THREADS = 50
Act = Callable[[int], object]
"""A thread's act, called with the thread's number."""


@pytest.fixture
def app(settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Generator[Flask]:
    """Replaces the shared app by one with a connection for every thread."""

    def many(url: str, connect_seconds: int) -> dict[str, Any]:
        return {**engine_options(url, connect_seconds), "pool_size": THREADS + 5}

    monkeypatch.setattr(marketplace.base, "engine_options", many)
    app = create_app(settings, clock)
    app.testing = True
    yield app
    close(app)


def race(app: Flask, *acts: Act) -> list[str]:
    """Run the acts at once in fifty threads, in turn, each in its own transaction; return each one's result."""
    start = Barrier(THREADS)

    def run(number: int) -> str:
        with app.app_context():
            db.session.connection()
            db.session.rollback()
            start.wait()
            try:
                acts[number % len(acts)](number)
                db.session.commit()
            except MarketplaceError as refusal:
                db.session.rollback()
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))
