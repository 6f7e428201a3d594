"""The doorbell rings after a commit, never after a rollback; a dead broker costs a moment but no row."""

from __future__ import annotations

import socket

import pytest
from flask import Flask

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail, post_mail
from tests.support.bell import Bell
from tests.support.factories import START
from tests.support.stopwatch import Stopwatch

pytestmark = pytest.mark.both_engines


@pytest.fixture
def bell(app: Flask) -> Bell:
    app.extensions["doorbell"] = Bell()
    return app.extensions["doorbell"]


def test_many_rings_in_one_transaction_ring_once_after_commit(app: Flask, bell: Bell) -> None:
    with app.app_context():
        for _ in range(3):
            doorbell.ring(doorbell.SEND_MAIL)
        assert bell.rung == []
        db.session.execute(db.select(OutgoingMail.id))
        db.session.commit()
    assert bell.rung == [doorbell.SEND_MAIL]


def test_rollback_cancels_the_ring(app: Flask, bell: Bell) -> None:
    with app.app_context():
        db.session.execute(db.select(OutgoingMail.id))
        doorbell.ring(doorbell.SEND_MAIL)
        db.session.rollback()
        db.session.execute(db.select(OutgoingMail.id))
        db.session.commit()
    assert bell.rung == []


def test_dead_broker_loses_no_row_and_answers_soon(app: Flask) -> None:
    doorbell.init_doorbell(app, "redis://127.0.0.1:1/0")
    watch = Stopwatch()
    with app.app_context():
        post_mail("a@example.com", "Hello", "Words", START)
        db.session.commit()
        assert db.session.get(OutgoingMail, 1) is not None
    assert watch.seconds < 5


def test_hanging_broker_delays_one_person_by_a_second(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        doorbell.init_doorbell(app, f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        watch = Stopwatch()
        with app.app_context():
            for n in range(3):
                post_mail(f"{n}@example.com", "Hello", "Words", START)
                doorbell.ring(doorbell.CHECK_PROTOTYPES)
                db.session.commit()
        assert watch.seconds < 2.5
