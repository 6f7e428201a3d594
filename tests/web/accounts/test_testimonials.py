"""Testimonials: invited by mail, written once through a signed link, hidden by the owner but never edited."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import models
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.notifications.models import Notification
from tests.support.factories import START, make_user
from tests.support.visitor import Visitor

WORDS = {
    "author_name": "Henrik Dahl",
    "author_role": "Harbour master",
    "text": "She showed us the working timetable first.",
}


@pytest.fixture
def owner(app: Flask) -> tuple[int, str]:
    """(id, address of the profile) of a freelancer."""
    with app.app_context():
        user = make_user("freelancer", name="Amara Okafor", email="amara@example.com")
        return user.id, f"/people/{user.slug}"


@pytest.fixture
def invite(app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str]) -> Callable[[], str]:
    """Invite customer@example.com; return the path of the mailed link."""

    def invite() -> str:
        answer = visitor().as_user(owner[0]).submit("/account/testimonials", {"email": "Customer@example.com"})
        assert answer.status_code == 303, answer.text
        with app.app_context():
            mail = db.session.scalars(
                select(OutgoingMail).where(OutgoingMail.to == "customer@example.com").order_by(OutgoingMail.id.desc())
            ).first()
            return re.search(r"https?://[^/]+(/testimonials/\S+)", mail.text)[1]

    return invite


def test_customer_writes_through_the_link_once(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str], invite: Callable[[], str]
) -> None:
    path, customer = invite(), visitor()
    answer = customer.submit(path, WORDS)
    assert (answer.status_code, answer.location) == (303, owner[1])
    assert "Thank you" in customer.get(owner[1]).text
    assert customer.get(path).status_code == 404
    page = visitor().get(owner[1]).text
    assert "working timetable" in page
    assert "Henrik Dahl, Harbour master" in page
    with app.app_context():
        assert db.session.scalars(select(Notification.user_id)).all() == [owner[0]]


def test_too_short_text_is_kept_for_correction(visitor: Callable[[], Visitor], invite: Callable[[], str]) -> None:
    answer = visitor().submit(invite(), WORDS | {"text": "Good."})
    assert answer.status_code == 422
    assert "Write 20 characters or more." in answer.text
    assert 'value="Henrik Dahl"' in answer.text


def test_first_of_two_tabs_with_the_link_counts(
    app: Flask, visitor: Callable[[], Visitor], invite: Callable[[], str]
) -> None:
    path, tabs = invite(), [visitor(), visitor()]
    tokens = [tab.csrf_token() for tab in tabs]
    statuses = [
        tab.http.post(path, data=WORDS | {"csrf_token": token, "text": f"{WORDS['text']} {number}"}).status_code
        for number, (tab, token) in enumerate(zip(tabs, tokens, strict=True))
    ]
    assert statuses == [303, 404]
    with app.app_context():
        assert db.session.scalars(select(models.Testimonial.text)).one().endswith(" 0")


def test_forged_link_opens_nothing(visitor: Callable[[], Visitor]) -> None:
    assert visitor().get("/testimonials/1.forged.signature").status_code == 404


def test_nobody_can_praise_themselves(
    visitor: Callable[[], Visitor], owner: tuple[int, str], invite: Callable[[], str]
) -> None:
    assert visitor().as_user(owner[0]).get(invite()).status_code == 403


def test_link_expires_and_customer_can_be_invited_again(
    visitor: Callable[[], Visitor], owner: tuple[int, str], invite: Callable[[], str], clock: FixedClock
) -> None:
    path, browser = invite(), visitor().as_user(owner[0])
    again = browser.submit("/account/testimonials", {"email": "customer@example.com"})
    assert (again.status_code, "You have invited this customer already." in again.text) == (422, True)
    clock.moment += timedelta(days=60)
    assert visitor().get(path).status_code == 404
    assert "Waiting for an answer" not in browser.get("/account/testimonials").text
    assert visitor().get(invite()).status_code == 200


def test_twenty_customers_can_be_invited_at_once(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str], clock: FixedClock
) -> None:
    with app.app_context():
        db.session.add_all(
            models.Testimonial(user_id=owner[0], invited_email=f"c{number}@example.com", invited_at=START)
            for number in range(20)
        )
        db.session.commit()
    browser = visitor().as_user(owner[0])
    answer = browser.submit("/account/testimonials", {"email": "one.more@example.com"})
    assert (answer.status_code, "20 invitations are waiting" in answer.text) == (422, True)
    clock.moment += timedelta(days=60)
    assert browser.submit("/account/testimonials", {"email": "one.more@example.com"}).status_code == 303


@pytest.mark.parametrize(
    ("email", "complaint"),
    [
        ("", "Enter your customer’s e-mail address."),
        ("nonsense", "Enter an e-mail address"),
        ("AMARA@example.com", "not your own"),
    ],
)
def test_invalid_address_can_not_be_invited(
    visitor: Callable[[], Visitor], owner: tuple[int, str], email: str, complaint: str
) -> None:
    answer = visitor().as_user(owner[0]).submit("/account/testimonials", {"email": email})
    assert answer.status_code == 422
    assert complaint in answer.text


def test_clients_collect_no_testimonials(app: Flask, visitor: Callable[[], Visitor]) -> None:
    with app.app_context():
        client = make_user("client").id
    answer = visitor().as_user(client).submit("/account/testimonials", {"email": "customer@example.com"})
    assert (answer.status_code, "Only freelancers" in answer.text) == (422, True)


def test_owner_hides_and_shows_but_never_edits(
    visitor: Callable[[], Visitor], owner: tuple[int, str], invite: Callable[[], str]
) -> None:
    visitor().submit(invite(), WORDS)
    browser = visitor().as_user(owner[0])
    for act, shown in (("hide", False), ("show", True)):
        browser.submit("/account/testimonials", form=f"form[action$={act}]")
        assert ("working timetable" in visitor().get(owner[1]).text) is shown
    assert browser.post("/account/testimonials/1/edit", {"text": "Better"}).status_code == 404


def test_testimonial_hidden_by_moderator_is_hidden_from_owner_too(
    app: Flask, visitor: Callable[[], Visitor], owner: tuple[int, str], invite: Callable[[], str]
) -> None:
    visitor().submit(invite(), WORDS)
    with app.app_context():
        db.session.scalars(select(models.Testimonial)).one().hidden_at = START
        db.session.commit()
    browser = visitor().as_user(owner[0])
    for page in (owner[1], "/account/testimonials"):
        assert "working timetable" not in browser.get(page).text
    assert browser.post("/account/testimonials/1/show").status_code == 404
