"""Recipients of news: each news one row and one mail, and mails only for those who want them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import decline_bid
from marketplace.checker.states import CheckState
from marketplace.contracts.services.awarding import award_bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.events import prototypes_checked
from marketplace.core.outbox import OutgoingMail
from marketplace.jobs.models import Job
from marketplace.jobs.services.lifecycle import cancel_job
from marketplace.notifications.models import Notification
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.quick_check_recording import record_checks
from marketplace.prototypes.services import change_link
from tests.support.factories import START, make_bid, make_user
from tests.support.looks import check_quickly, record_of
from tests.support.queries import counted_queries
from tests.support.visitor import Visitor
from tests.web.bids.conftest import Fair

pytestmark = pytest.mark.both_engines


def news_of(app: Flask, person: int) -> list[Notification]:
    with app.app_context():
        mine = select(Notification).where(Notification.user_id == person).order_by(Notification.id)
        return list(db.session.scalars(mine))


def mails_to(app: Flask, person: int) -> list[OutgoingMail]:
    with app.app_context():
        email = db.session.get_one(User, person).email
        return list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.to == email)))


def award(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        client, bid = db.session.get_one(User, fair.people["client"]), db.session.get_one(Bid, fair.bids["wanda"])
        award_bid(client, bid, bid.version, clock.now())
        db.session.commit()


def test_every_bidder_is_told_the_outcome_with_their_own_score(app: Flask, fair: Fair, clock: FixedClock) -> None:
    award(app, fair, clock)
    (won,) = [one for one in news_of(app, fair.people["wanda"]) if one.kind == "outcome"]
    (lost,) = [one for one in news_of(app, fair.people["nora"]) if one.kind == "outcome"]
    assert won.subject.startswith("You won")
    assert re.search(r"rank 1 with [\d.]+ points", won.body)
    assert "went to somebody else" in lost.subject
    assert re.search(r"rank \d with -?[\d.]+ points", lost.body)
    assert "Wanda" not in lost.subject + lost.body
    assert [mail.subject for mail in mails_to(app, fair.people["nora"])] == [lost.subject]


def test_notifying_fifty_bidders_takes_as_many_statements_as_three(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        for number in range(50):
            make_bid(job, make_user("freelancer", name=f"Number {number}"))
    with counted_queries() as statements:
        award(app, fair, clock)
    selects = [one for one in statements if one.startswith("SELECT")]
    assert len(selects) < 25


def test_declined_bidder_is_told_the_reason(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        client, bid = db.session.get_one(User, fair.people["client"]), db.session.get_one(Bid, fair.bids["nora"])
        decline_bid(client, bid, "We need somebody nearby.", clock.now())
        db.session.commit()
    assert news_of(app, fair.people["nora"])[-1].body == "We need somebody nearby."


def test_bidders_are_told_of_a_cancelled_job(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        cancel_job(
            db.session.get_one(User, fair.people["client"]),
            db.session.scalars(select(Job)).one(),
            "Out of money",
            clock.now(),
        )
        db.session.commit()
    assert news_of(app, fair.people["bob"])[-1].body == "Out of money"


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, "live", 0),
        (None, "broken", 1),
        ("live", "broken", 1),
        ("broken", "broken", 0),
        ("broken", "live", 1),
        ("live", "unknown", 0),
    ],
)
def test_link_makes_news_only_when_it_breaks_or_works_again(
    app: Flask, fair: Fair, before: str | None, now: str, told: int
) -> None:
    with app.app_context():
        prototype = db.session.scalars(select(Prototype).where(Prototype.state == "live")).one()
        prototype.state, prototype.checked_at = now, START
        prototypes_checked.send([prototype], before={prototype.id: before} if before else {})
        db.session.commit()
    assert len([one for one in news_of(app, fair.people["wanda"]) if one.kind == "prototype"]) == told


@pytest.mark.parametrize(("state", "told"), [("draft", 0), ("withdrawn", 0), ("lapsed", 0), ("submitted", 1)])
def test_only_the_link_of_a_placed_bid_makes_news(app: Flask, fair: Fair, state: str, told: int) -> None:
    with app.app_context():
        bid = db.session.get_one(Bid, fair.bids["wanda"])
        bid.state = state
        prototype = db.session.get_one(Prototype, bid.prototype_id)
        prototype.state, prototype.checked_at = "broken", START
        prototypes_checked.send([prototype], before={prototype.id: "live"})
        db.session.commit()
    assert len([one for one in news_of(app, fair.people["wanda"]) if one.kind == "prototype"]) == told
    assert len(mails_to(app, fair.people["wanda"])) == told


@pytest.mark.parametrize("urls", [("https://one.example/",), ("https://one.example/", "https://two.example/")])
def test_checking_a_drafts_link_sends_no_mail_even_about_a_replaced_one(
    app: Flask, fair: Fair, clock: FixedClock, urls: tuple[str, ...]
) -> None:
    fay, edit = fair.as_("fay"), f"/jobs/{fair.slug}/bids/new"
    for url in urls:
        edit = fay.submit(edit, {"prototype_url": url, "do": "check"}).location
        with app.app_context():
            prototype = db.session.scalars(select(Prototype).where(Prototype.url == url)).one()
            for _ in range(2):
                check_quickly(prototype, clock.now(), CheckState.BROKEN)
                clock.moment += timedelta(minutes=20)
    assert news_of(app, fair.people["fay"]) == []
    assert mails_to(app, fair.people["fay"]) == []


def test_link_replaced_during_its_check_makes_no_news(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        bid = db.session.get_one(Bid, fair.bids["wanda"])
        prototype = db.session.get_one(Prototype, bid.prototype_id)
        record = replace(record_of(prototype, clock.now(), state=CheckState.BROKEN), cause=prototype.cause)
        prototype.lease_token = "late"
        db.session.flush()
        change_link(prototype, "https://new.example/", prototype.requirements, clock.now())
        assert record_checks({prototype.id: record}, {prototype.id: "late"}, clock.now()) == 0
        db.session.commit()
    assert [one for one in news_of(app, fair.people["wanda"]) if one.kind == "prototype"] == []


def test_switched_off_kind_reaches_inbox_but_not_mail(app: Flask, fair: Fair, clock: FixedClock) -> None:
    page = fair.as_("nora").page("/account/notifications")
    kinds = [node.attributes["value"] for node in page.css("input[name=kinds]")]
    fair.as_("nora").submit("/account/notifications", {"kinds": [kind for kind in kinds if kind != "outcome"]})
    award(app, fair, clock)
    assert any(one.kind == "outcome" for one in news_of(app, fair.people["nora"]))
    assert mails_to(app, fair.people["nora"]) == []


def test_one_click_unsubscribes_from_a_kind_without_sign_in(
    app: Flask, fair: Fair, clock: FixedClock, visitor: Callable[[], Visitor]
) -> None:
    award(app, fair, clock)
    path = re.search(r"https?://[^/]+(/\S+)", mails_to(app, fair.people["nora"])[0].unsubscribe_url)[1]
    assert "Stop mails of this kind?" in visitor().get(path).text
    mail_program = visitor()
    assert mail_program.http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    page = fair.as_("nora").page("/account/notifications")
    assert "outcome" not in [node.attributes["value"] for node in page.css("input[name=kinds][checked]")]


def test_forged_unsubscribe_link_does_nothing(visitor: Callable[[], Visitor]) -> None:
    assert visitor().get("/unsubscribe/WzEsImJpZCJd.forged").status_code == 404
    assert visitor().http.post("/unsubscribe/WzEsImJpZCJd.forged").status_code == 404


def test_inbox_counts_marks_read_and_pages(app: Flask, fair: Fair) -> None:
    with app.app_context():
        for number in range(25):
            row = Notification(
                user_id=fair.people["fay"], kind="bid", dedupe_key=f"k{number}", subject=f"News {number}", path="/"
            )
            row.created_at = START - timedelta(minutes=number)
            db.session.add(row)
        db.session.commit()
    fay = fair.as_("fay")
    page = fay.page("/inbox")
    assert page.css_first("nav .count").text().startswith("25")
    assert page.css_first("a[rel=next]") is not None
    with counted_queries() as statements:
        fay.get("/inbox")
    assert len(statements) <= 5
    fay.submit("/inbox", form=".list form")
    assert fay.page("/inbox").css_first("nav .count").text().startswith("24")
    fay.post("/inbox/read")
    assert "Nothing needs you" in fay.get("/inbox?show=unread").text


def test_news_of_others_can_not_be_marked(app: Flask, fair: Fair, clock: FixedClock) -> None:
    award(app, fair, clock)
    theirs = news_of(app, fair.people["nora"])[-1].id
    fair.as_("fay").post(f"/inbox/{theirs}/read")
    assert news_of(app, fair.people["nora"])[-1].read_at is None


@pytest.mark.parametrize("path", ["/inbox", "/account/notifications"])
def test_visitors_are_sent_to_sign_in(visitor: Callable[[], Visitor], path: str) -> None:
    assert visitor().get(path).location.startswith("/signin?next=")


def test_inbox_count_can_be_requested_alone(fair: Fair) -> None:
    assert fair.as_("nora").page("/inbox/unread").body.text(strip=True) == ""
    with fair.as_("nora").app.app_context():
        bid = db.session.get_one(Bid, fair.bids["nora"])
        decline_bid(bid.job.client, bid, "We need somebody nearby.", START)
        db.session.commit()
    assert "1 unread" in fair.as_("nora").page("/inbox/unread").body.text()
    assert "1 unread" in fair.as_("nora").page("/jobs").css_first("header").text()
    assert fair.as_("a visitor").get("/inbox/unread").status_code == 303
