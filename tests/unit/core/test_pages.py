"""Keyset pages: every row once, and page one for an invalid cursor."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.core.pages import page_of
from tests.support.factories import START

KEYS = [OutgoingMail.created_at, OutgoingMail.id]


def cursor_of(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def add_mails(count: int) -> None:
    for number in range(count):
        moment = START + timedelta(minutes=number // 3)  # some share a time, so that the id decides
        db.session.add(OutgoingMail(to="a@example.com", subject=str(number), text="", created_at=moment))
    db.session.commit()


@pytest.mark.parametrize("descending", [True, False])
def test_all_pages_together_show_every_row_once(app: Flask, descending: bool) -> None:
    with app.app_context():
        add_mails(25)
        seen, cursor = [], None
        while True:
            page = page_of(select(OutgoingMail), KEYS, cursor, size=7, descending=descending)
            seen += [mail.id for mail in page.rows]
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
        assert seen == sorted(seen, reverse=descending)
        assert len(seen) == 25


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "\0", "🙂", cursor_of([1]), cursor_of(["a", "b"]), cursor_of({"a": 1}), cursor_of([None, None]),
        cursor_of([{"at": "2026-01-01T00:00:00"}, 1]), cursor_of([{"at": "2026-01-01T00:00:00+00:00"}, 10**30]),
        cursor_of([{"at": "2026-01-01T00:00:00+00:00"}, "1"]), cursor_of([{"at": "soon"}, 1]),
    ],
)  # fmt: skip
def test_invalid_cursor_gives_page_one(app: Flask, cursor: str) -> None:
    with app.app_context():
        add_mails(3)
        page = page_of(select(OutgoingMail), KEYS, cursor)
        assert page.first
        assert len(page.rows) == 3
