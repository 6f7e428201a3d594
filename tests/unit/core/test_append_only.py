"""The database itself keeps check records and the audit log unchanged for ever."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.core.database import db
from marketplace.moderation.models import AuditEntry
from marketplace.prototypes.models import StoredCheck
from marketplace.prototypes.services import submit_link
from tests.support.factories import START, make_user

pytestmark = pytest.mark.both_engines


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET reason = 'nicer'", "DELETE FROM audit_log"])
def test_audit_log_refuses_changes(app: Flask, statement: str) -> None:
    with app.app_context():
        admin = make_user("admin")
        entry = AuditEntry(at=START, actor_id=admin.id, action="hide", subject_kind="bid", subject_id=1, reason="Spam")
        entry.before, entry.after = {}, {}
        db.session.add(entry)
        db.session.commit()
        with pytest.raises(DBAPIError, match="kept for ever"):
            db.session.execute(text(statement))
        db.session.rollback()


@pytest.mark.parametrize("statement", ["UPDATE check_records SET state = 'live'", "DELETE FROM check_records"])
def test_check_records_refuse_changes(app: Flask, statement: str) -> None:
    with app.app_context():
        prototype = submit_link("https://shop.example/", [], START)
        check = StoredCheck(prototype_id=prototype.id, revision=1, cause="submitted", finished_at=START, record={})
        check.state, check.reason = "broken", "gone"
        db.session.add(check)
        db.session.commit()
        with pytest.raises(DBAPIError, match="kept for ever"):
            db.session.execute(text(statement))
        db.session.rollback()
