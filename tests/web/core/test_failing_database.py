"""With a full or read-only SQLite file, pages are shown, forms are refused for now, and the log says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from werkzeug.test import TestResponse

from config.settings import load_settings
from marketplace.accounts.services.people import create_user
from marketplace.app import create_app
from marketplace.core.database import db
from tests.support.databases import close
from tests.support.factories import START
from tests.support.small_disk import small_disk
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines


def marketplace_on(url: str, folder: Path) -> Flask:
    return create_app(load_settings(data_dir=folder, database_url=url, redis_url="", rate_limits=False))


def with_amara(app: Flask) -> Visitor:
    """Her signed-in browser."""
    with app.app_context():
        upgrade()
        person = create_user("amara@example.com", "x" * 20, "Amara", ["client"], START, confirmed=True)
        db.session.flush()
        person_id = person.id
        db.session.commit()
    return Visitor(app).as_user(person_id)


def save_job(amara: Visitor) -> TestResponse:
    return amara.submit("/jobs/new", {"title": "A table for two"})


def test_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "small"
    with small_disk(folder) as disk:
        app = marketplace_on(f"sqlite:///{folder / 'own.sqlite3'}", tmp_path)
        amara = with_amara(app)
        disk.fill()
        assert amara.get("/me").status_code == 200
        answers = (save_job(amara) for _ in range(500))  # the log's file has room at first
        refused = next(answer for answer in answers if answer.status_code != 303)
        assert (refused.status_code, refused.headers.get("Retry-After")) == (503, "20")
        assert "the database can't be used: database or disk is full" in caplog.text
        disk.make_room()
        assert save_job(amara).status_code == 303
        close(app)


def test_read_only_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "own.sqlite3"
    app = marketplace_on(f"sqlite:///{file}", tmp_path)
    amara = with_amara(app)
    reading = marketplace_on(f"sqlite:///file:{file}?mode=ro&uri=true", tmp_path)
    cookie = amara.http.get_cookie("session")
    assert cookie
    amara = Visitor(reading)
    amara.http.set_cookie("session", cookie.value)
    assert amara.get("/me").status_code == 200
    assert save_job(amara).status_code == 503
    assert "attempt to write a readonly database" in caplog.text
    close(reading)
    close(app)
