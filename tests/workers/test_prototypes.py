"""The worker's task for due links, with the settings' own guard."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

import workers.app
from marketplace.core.database import db
from marketplace.core.doorbell import CHECK_PROTOTYPES
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.services import submit_link
from tests.support.factories import START
from tests.support.sites import html, site
from tests.support.sweeps import run_task

pytestmark = pytest.mark.both_engines


def test_task_checks_due_links_and_reaches_no_private_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.app, "_flask_app", app)
    with site(html("Secrets")) as private:
        with app.app_context():
            submit_link(private.url, [], START)
            db.session.commit()
        with app.app_context():
            run_task(CHECK_PROTOTYPES)
            assert db.session.scalars(select(Prototype.state)).all() == ["refused"]
        assert private.connections == 0
