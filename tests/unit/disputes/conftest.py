"""Fixtures: an app context, and a sweep that moves the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.disputes.services.sweeping import do_due


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def sweep(clock: FixedClock) -> Callable[[datetime], int]:
    """Handle everything due at the given time; return how many rows were due."""

    def at(moment: datetime) -> int:
        clock.moment, done = moment, 0
        while many := do_due(clock.now):
            done += many
        db.session.expire_all()
        return done

    return at
