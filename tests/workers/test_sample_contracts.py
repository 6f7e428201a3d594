"""The sample after the award, as seen by its client, its freelancer, its admin and the ledger's proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.services.pools import settle_due
from marketplace.contracts.models import Contract, Deadline, Milestone
from marketplace.contracts.services.sweeping import do_due
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.disputes.services import sweeping
from marketplace.notifications.models import Notification
from marketplace.payments.models import LedgerEntry
from marketplace.payments.providers.stripe_connect import StripeConnect
from marketplace.payments.services.provider_sync import ask_due
from marketplace.payments.setup import payments
from marketplace.payments.verifying import CHECKS
from marketplace.reviews.services.revealing import reveal_due
from marketplace.sample.build import add_small_sample
from tests.support.factories import START
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines


@pytest.fixture
def sample(app: Flask) -> Flask:
    with app.app_context():
        add_small_sample(START, 8701)
        db.session.commit()
    return app


@pytest.fixture
def signed_in(sample: Flask, visitor: Callable[[], Visitor]) -> Callable[[str], Visitor]:
    def as_part(part: str) -> Visitor:
        with sample.app_context():
            user_id = db.session.scalars(select(User.id).where(User.email == f"{part}@example.com")).one()
        return visitor().as_user(user_id)

    return as_part


def text_of(page: LexborHTMLParser) -> str:
    return " ".join(page.text(separator=" ").split())


def test_contracts_are_in_every_state_but_cancelled(sample: Flask) -> None:
    with sample.app_context():
        assert set(db.session.scalars(select(Contract.state))) == {"offered", "active", "disputed", "completed"}
        assert {"released", "submitted", "disputed"} <= set(db.session.scalars(select(Milestone.state)))


def test_client_can_approve_submitted_work(sample: Flask, signed_in: Callable[[str], Visitor]) -> None:
    client = signed_in("client")
    with sample.app_context():
        handed_in = db.session.scalars(select(Milestone.id).where(Milestone.state == "submitted")).one()
    assert "Look at “Ticket page”" in text_of(client.page("/me"))
    client.submit(f"/milestones/{handed_in}/approve", {"without": ["domain"]})
    with sample.app_context():
        assert db.session.get_one(Milestone, handed_in).contract.state == "completed"


def test_client_can_accept_the_proposed_split(signed_in: Callable[[str], Visitor]) -> None:
    page = signed_in("client").page("/disputes/1")
    assert "€600 go to the freelancer and €200 back to the client" in text_of(page)
    assert page.css_first("a[href*='/split/']") is not None


def test_admin_can_rule_on_the_dispute(signed_in: Callable[[str], Visitor]) -> None:
    admin = signed_in("admin")
    assert "Template and archive" in text_of(admin.page("/admin/disputes"))
    assert admin.page("/admin/disputes/1/rule").css_first("main form[method=post] textarea") is not None


@pytest.mark.parametrize(("part", "says"), [("client", "Paid by you and held"), ("freelancer", "Ready to pay out")])
def test_statement_shows_a_chart(signed_in: Callable[[str], Visitor], part: str, says: str) -> None:
    page = signed_in(part).page("/money")
    assert says in text_of(page)
    assert page.css_first("svg.chart path.line") is not None


def test_both_reviews_are_shown_and_one_has_a_reply(
    signed_in: Callable[[str], Visitor], visitor: Callable[[], Visitor]
) -> None:
    for part, says in (("freelancer", "Amara Okafor replied"), ("client", "Clear brief, quick answers")):
        link = signed_in(part).page("/me").css_first("a[href^='/people/']")
        assert link is not None
        assert says in text_of(visitor().page(link.attributes["href"] or ""))


def test_job_with_a_paid_pool_takes_bids(visitor: Callable[[], Visitor], sample: Flask) -> None:
    page = visitor().page("/jobs")
    link = next(one for one in page.css("a[href^='/jobs/']") if "Waiting lists" in one.text())
    assert "€300, held" in text_of(visitor().page(link.attributes["href"] or ""))


def test_deadlines_are_in_the_future_for_the_calendar(sample: Flask, signed_in: Callable[[str], Visitor]) -> None:
    with sample.app_context():
        running = db.session.scalars(select(Contract.id).where(Contract.state == "active")).one()
    assert "Silence releases the money" in signed_in("client").get(f"/contracts/{running}/calendar.ics").text


def test_sample_ledger_is_consistent(sample: Flask) -> None:
    with sample.app_context():
        assert sum(check.count() for check in CHECKS) > 0
        assert [found for check in CHECKS for found in check.run() if found] == []


def test_rows_are_written_in_chronological_order(sample: Flask) -> None:
    with sample.app_context():
        for table, moment in ((LedgerEntry, LedgerEntry.at), (Notification, Notification.created_at)):
            found = list(db.session.scalars(select(moment).order_by(table.id)))
            assert len(found) > 5
            assert found == sorted(found)


def test_no_sweep_undoes_the_sample(sample: Flask) -> None:
    with sample.app_context():
        before = sorted(db.session.scalars(select(Milestone.state))), sorted(db.session.scalars(select(Contract.state)))

        def clock() -> datetime:
            return START

        assert do_due(clock) == 1  # a reminder to the client
        assert [sweeping.do_due(clock), settle_due(clock), reveal_due(clock), ask_due(clock)] == [0, 0, 0, 0]
        db.session.expire_all()
        after = sorted(db.session.scalars(select(Milestone.state))), sorted(db.session.scalars(select(Contract.state)))
        assert after == before


def test_no_old_mail_is_sent_again(sample: Flask) -> None:
    with sample.app_context():
        due = list(db.session.scalars(select(OutgoingMail.subject).where(OutgoingMail.due_at.is_not(None))))
    assert due == []


def test_sample_ends_at_the_award_where_payments_are_real(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.app_context():
        real = replace(payments(), provider=StripeConnect("sk_test_1", "whsec_1", "http://127.0.0.1:9"))
        monkeypatch.setitem(app.extensions, "payments", real)
        add_small_sample(START, 8701)
        assert set(db.session.scalars(select(Contract.state))) == {"offered"}
        assert db.session.scalar(select(LedgerEntry.id).limit(1)) is None
        assert db.session.scalar(select(Deadline.id).limit(1)) is not None
