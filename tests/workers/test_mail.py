"""The task that sends due mail, in batches."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

import workers.app
from marketplace.core.database import db
from marketplace.core.doorbell import SEND_MAIL
from marketplace.core.mailer import BATCH
from marketplace.core.outbox import OutgoingMail, post_mail
from tests.support.factories import START
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def _tasks_run_in_this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)


def test_more_mails_than_a_batch_are_all_sent(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.app_context():
        for number in range(BATCH + 3):
            post_mail(f"a{number}@example.com", "Hello", "Words", START)
        db.session.commit()
    caplog.set_level("INFO", "marketplace.core.mailer")
    run_task(SEND_MAIL)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(OutgoingMail.sent_at.is_not(None))) == BATCH + 3
    assert "mail to a0@example.com: Hello\nWords" in caplog.messages
