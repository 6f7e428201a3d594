"""Invitations go to strangers: no phishing, no mass mailing, no mail to whoever refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.core.text import without_links
from tests.support.factories import make_user
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

PHISHING = "Your account is blocked! Log in at https://evil.example/login or call +1"


def freelancer(app: Flask, name: str) -> int:
    with app.app_context():
        return make_user("freelancer", name=name).id


def mails(app: Flask) -> list[OutgoingMail]:
    with app.app_context():
        return list(db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def test_inviter_controls_only_a_harmless_name_in_the_mail(app: Flask, visitor: Callable[[], Visitor]) -> None:
    for number, name in enumerate((PHISHING, "Amara Okafor")):
        person = visitor().as_user(freelancer(app, name))
        person.submit("/account/testimonials", {"email": f"customer{number}@example.com"})
    phishing, plain = mails(app)
    assert phishing.subject == plain.subject == "Somebody asks you for a testimonial"
    assert "“Amara Okafor”" in plain.text
    assert "evil.example" not in phishing.text
    assert "https://evil" not in phishing.text


@pytest.mark.parametrize(
    ("name", "harmless"),
    [
        ("Amara Okafor", "Amara Okafor"),
        ("St. Mary’s Studio", "St. Mary’s Studio"),
        ("evil.example", "evil example"),
        ("https://evil.example/login", "https evil example login"),
        ("evil。example", "evil example"),
        ("write to me@evil.example", "write to me evil example"),
        ("Line\nbreak", "Line break"),
        ("x" * 100, "x" * 60),
    ],
)
def test_name_has_no_link(name: str, harmless: str) -> None:
    assert without_links(name) == harmless


def test_mail_after_sign_up_contains_no_name(app: Flask, visitor: Callable[[], Visitor]) -> None:
    fields = {"name": PHISHING, "part": "client", "email": "victim@example.com", "password": "gulls argue over chips"}
    assert visitor().submit("/signup", fields).status_code == 303
    assert "blocked" not in mails(app)[0].text


def test_ten_invitations_a_day(app: Flask, visitor: Callable[[], Visitor], clock: FixedClock) -> None:
    person = visitor().as_user(freelancer(app, "Amara Okafor"))

    def invite(number: int) -> int:
        return person.submit("/account/testimonials", {"email": f"customer{number}@example.com"}).status_code

    assert [invite(number) for number in range(11)] == [303] * 10 + [422]
    clock.moment += timedelta(days=1)
    assert invite(11) == 303


def refuse_link(mail: OutgoingMail) -> str:
    found = re.search(r"https?://[^/\s]+(/invitations/refuse/\S+)", mail.text)
    assert found
    return found[1]


@pytest.mark.parametrize("by_mail_program", [False, True])
def test_refused_address_is_refused_for_all_inviters(
    app: Flask, visitor: Callable[[], Visitor], clock: FixedClock, *, by_mail_program: bool
) -> None:
    visitor().as_user(freelancer(app, "Amara Okafor")).submit("/account/testimonials", {"email": "Ann@example.com"})
    (mail,) = mails(app)
    assert mail.unsubscribe_url
    assert mail.unsubscribe_url.endswith(refuse_link(mail))
    link, stranger = refuse_link(mail), visitor()
    assert "ann@example.com" in stranger.get(link).text
    if by_mail_program:
        assert stranger.http.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    else:
        assert stranger.submit(link).status_code == 200
    clock.moment += timedelta(days=400)
    other = visitor().as_user(freelancer(app, "Another One"))
    answer = other.submit("/account/testimonials", {"email": "ANN@example.com"})
    assert answer.status_code == 422
    assert "takes no invitations" in answer.text
    assert len(mails(app)) == 1
    assert stranger.http.post(link).status_code == 200, "once more does no harm"


def test_viewing_the_link_or_forging_one_refuses_nothing(app: Flask, visitor: Callable[[], Visitor]) -> None:
    person = visitor().as_user(freelancer(app, "Amara Okafor"))
    person.submit("/account/testimonials", {"email": "ann@example.com"})
    visitor().get(refuse_link(mails(app)[0]))
    assert visitor().get("/invitations/refuse/forged").status_code == 404
    assert visitor().http.post("/invitations/refuse/forged").status_code == 404
    other = visitor().as_user(freelancer(app, "Another One"))
    assert other.submit("/account/testimonials", {"email": "ann@example.com"}).status_code == 303
