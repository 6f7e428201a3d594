"""Outcomes of reports: announced to the reporter and in the logs, in words and without private data."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.moderation.copies import ACTS as ON_COPIES
from marketplace.moderation.flags import PUBLIC
from marketplace.moderation.models import AuditEntry
from marketplace.moderation.wording import ACTS, DONE
from marketplace.notifications.models import Notification
from tests.support.factories import START
from tests.web.bids.conftest import Fair
from tests.web.moderation.test_appeals import reported_bid

pytestmark = pytest.mark.both_engines

OUTCOMES = {
    "dismiss": "We found nothing against the rules",
    "hide": "We took down what you reported",
    "warn": "We acted on what you reported",
    "suspend": "We acted on what you reported",
    "ask": "",
}
PRIVATE = "Wanda was warned twice before."


@pytest.fixture
def report(app: Flask, fair: Fair) -> str:
    """The page of the client's report about Wanda's bid."""
    with app.app_context():
        return reported_bid(fair)[0]


def decide(fair: Fair, report: str, act: str, public: str = "It was looked at."):
    typed = {"act": act, "reason": PRIVATE, "public": public, "rule": "fraud", "seen_at": START.isoformat()}
    return fair.as_("admin").post(report, typed)


@pytest.mark.parametrize(("act", "words"), OUTCOMES.items(), ids=list(OUTCOMES))
def test_reporter_is_told_the_outcome_without_private_data(
    app: Flask, fair: Fair, report: str, act: str, words: str
) -> None:
    assert decide(fair, report, act).status_code == 303
    with app.app_context():
        news = db.session.scalars(select(Notification).where(Notification.user_id == fair.people["client"])).all()
        mails = db.session.scalars(select(OutgoingMail).where(OutgoingMail.dedupe_key.startswith("news:report:"))).all()
        told = [one.subject + one.body for one in news if one.kind == "report"] + [
            one.subject + one.text for one in mails
        ]
    assert len(told) == (2 if words else 0)
    for one in told:
        assert words in one
        for private in (PRIVATE, "Wanda", "suspend", "warn", "Ann Admin"):
            assert private not in one


def test_public_log_names_rule_and_reason(fair: Fair, report: str) -> None:
    decide(fair, report, "hide", "It asked for money outside of the site.")
    row = fair.as_("anonymous").page("/moderation-log").css_first("main tbody tr")
    assert row is not None
    for words in ("Hidden", "bid", "No fraud, no asking for money or passwords", "It asked for money outside"):
        assert words in row.text()


@pytest.mark.parametrize(
    "public",
    [
        "Wanda copied it.",
        "By Works, of course.",
        "Write to me@example.com",
        "https://x.example/",
        "Cleo said so.",
        "",
    ],
)
def test_public_reason_has_no_names_and_no_addresses(app: Flask, fair: Fair, report: str, public: str) -> None:
    answer = decide(fair, report, "hide", public)
    assert answer.status_code == 422
    assert PRIVATE in answer.text
    with app.app_context():
        assert db.session.scalars(select(AuditEntry)).all() == []


def test_audit_log_is_readable(fair: Fair, report: str) -> None:
    decide(fair, report, "hide")
    page = fair.as_("admin").page("/admin/audit").css_first("main tbody")
    assert page is not None
    for words in ("Ann Admin", "Hidden", "Bid", "No fraud", PRIVATE, "Hidden: no, then yes", "Suspended: no"):
        assert words in page.text()
    for code in ("{", "True", "False", "_"):
        assert code not in page.text()
    assert page.css_first(f"a[href='/bids/{fair.bids['wanda']}']") is not None


def test_every_act_has_wording(app: Flask) -> None:
    on_flags = {f"flag_{act}" for act in PUBLIC}
    told = set(app.jinja_env.get_template("notifications/news/moderation.txt").blocks)
    to_others = {"admin_made", "admin_unmade"}
    assert {*ACTS, *ON_COPIES, *on_flags, *(told - to_others)} <= set(DONE)
