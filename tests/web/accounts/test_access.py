"""Access table: every page of the room, of signing in and of the mail viewer, for every kind of person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask_security.utils import hash_password

from marketplace.accounts import models
from marketplace.accounts.models import PortfolioItem, User
from marketplace.accounts.services.testimonials import REFUSING
from marketplace.core.database import db
from marketplace.core.signing import link_signer
from tests.support.factories import START, make_user
from tests.support.visitor import Visitor

WHO = ("anonymous", "client", "stranger", "owner", "suspended", "admin")
"""stranger is another freelancer; suspended is the owner after a moderator's act."""

TABLE = {
    # page                                        anonymous client stranger owner suspended admin
    ("GET", "/me"): (303, 200, 200, 200, 200, 200),
    ("GET", "/account"): (303, 200, 200, 200, 200, 200),
    ("POST", "/account"): (303, 422, 422, 422, 403, 422),
    ("GET", "/account/signout"): (303, 200, 200, 200, 200, 200),
    ("POST", "/account/signout"): (303, 303, 303, 303, 303, 303),
    ("GET", "/account/profile"): (303, 200, 200, 200, 403, 200),
    ("POST", "/account/profile"): (303, 422, 422, 422, 403, 422),
    ("GET", "/account/portfolio/new"): (303, 200, 200, 200, 403, 200),
    ("POST", "/account/portfolio/new"): (303, 422, 422, 422, 403, 422),
    ("GET", "/account/portfolio/1"): (303, 404, 404, 200, 403, 404),
    ("POST", "/account/portfolio/1"): (303, 404, 404, 422, 403, 404),
    ("GET", "/account/portfolio/1/remove"): (303, 404, 404, 200, 403, 404),
    ("POST", "/account/portfolio/1/remove"): (303, 404, 404, 303, 403, 404),
    ("GET", "/account/testimonials"): (303, 200, 200, 200, 403, 200),
    ("POST", "/account/testimonials"): (303, 422, 422, 422, 403, 422),
    ("POST", "/account/testimonials/1/hide"): (303, 404, 404, 303, 403, 404),
    ("POST", "/account/testimonials/1/show"): (303, 404, 404, 303, 403, 404),
    ("POST", "/account/testimonials/3/show"): (303, 404, 404, 404, 403, 404),  # hidden by a moderator
    ("GET", "{profile}"): (200, 200, 200, 200, 200, 200),
    ("GET", "{hidden profile}"): (410, 410, 410, 410, 410, 200),
    ("GET", "{unconfirmed profile}"): (404, 404, 404, 404, 404, 404),
    ("GET", "/people/nobody"): (404, 404, 404, 404, 404, 404),
    ("GET", "/portfolio/1/picture"): (200, 200, 200, 200, 200, 200),
    ("GET", "/portfolio/1/thumbnail"): (200, 200, 200, 200, 200, 200),
    ("GET", "/portfolio/2/picture"): (404, 404, 404, 404, 404, 200),  # of the hidden profile
    ("GET", "/testimonials/{invitation}"): (200, 200, 200, 403, 403, 200),
    ("POST", "/testimonials/{invitation}"): (422, 422, 422, 403, 403, 422),
    ("GET", "/testimonials/{used invitation}"): (404, 404, 404, 404, 404, 404),
    ("GET", "/testimonials/{old invitation}"): (404, 404, 404, 404, 404, 404),
    ("GET", "/testimonials/forged"): (404, 404, 404, 404, 404, 404),
    ("GET", "/invitations/refuse/{refusal}"): (200, 200, 200, 200, 200, 200),
    ("POST", "/invitations/refuse/{refusal}"): (200, 200, 200, 200, 200, 200),
    ("GET", "/invitations/refuse/forged"): (404, 404, 404, 404, 404, 404),
    ("POST", "/invitations/refuse/forged"): (404, 404, 404, 404, 404, 404),
    ("GET", "/signup"): (200, 302, 302, 302, 302, 302),
    ("GET", "/signup/sent"): (200, 200, 200, 200, 200, 200),
    ("GET", "/signin"): (200, 302, 302, 302, 302, 302),
    ("GET", "/signout"): (405, 405, 405, 405, 405, 405),
    ("POST", "/signout"): (303, 303, 303, 303, 303, 303),
    ("GET", "/reset"): (200, 200, 200, 200, 200, 200),
    ("GET", "/reset/forged"): (302, 302, 302, 302, 302, 302),
    ("GET", "/confirm"): (200, 200, 200, 200, 200, 200),
    ("GET", "/confirm/forged"): (302, 302, 302, 302, 302, 302),
    ("GET", "/verify"): (302, 200, 200, 200, 200, 200),
    ("POST", "/verify"): (303, 422, 422, 422, 422, 422),
    ("GET", "/account/password"): (302, 200, 200, 200, 200, 200),
    ("POST", "/account/password"): (303, 422, 422, 422, 422, 422),
    ("GET", "/account/email"): (302, 200, 200, 200, 200, 200),
    ("GET", "/account/email/forged"): (302, 302, 302, 302, 302, 302),
    ("GET", "/account/email/undo/forged"): (404, 404, 404, 404, 404, 404),
    ("POST", "/account/email/undo/forged"): (404, 404, 404, 404, 404, 404),
    ("GET", "/mail"): (200, 200, 200, 200, 200, 200),
    ("GET", "/mail/999"): (404, 404, 404, 404, 404, 404),
}


class Street:
    """The owner with a portfolio piece and testimonials, all other people, and the addresses."""

    def __init__(self, app: Flask, visitor: Callable[[], Visitor]) -> None:
        self.app, self.visitor = app, visitor
        with app.app_context():
            password = hash_password("correct horse battery staple")
            key = app.extensions["files"].save(b"a picture")
            owner = make_user("freelancer", name="Amara Okafor", password=password)
            hidden = make_user("freelancer", name="Hal Hidden")
            unconfirmed = make_user("freelancer", name="Una Waits", confirmed_at=None)
            hidden.profile.hidden_at = START
            self.ids = {"owner": owner.id, "suspended": owner.id}
            for who, role in (("stranger", "freelancer"), ("client", "client"), ("admin", "admin")):
                self.ids[who] = make_user(role, password=password).id
            for user in (owner, hidden):
                item = PortfolioItem(user_id=user.id, title="Ferry", created_at=START)
                item.picture_key = item.thumbnail_key = key
                db.session.add(item)
                db.session.flush()
            self._testimonials(owner.id)
            signer = link_signer("testimonial")
            self.urls = {
                "profile": f"/people/{owner.slug}",
                "hidden profile": f"/people/{hidden.slug}",
                "unconfirmed profile": f"/people/{unconfirmed.slug}",
                "invitation": signer.dumps(2),
                "used invitation": signer.dumps(1),
                "old invitation": signer.dumps(4),
                "refusal": link_signer(REFUSING).dumps("c@example.com"),
            }
            db.session.commit()

    @staticmethod
    def _testimonials(owner_id: int) -> None:
        """1 is written, 2 waits, 3 was hidden by a moderator, 4 expired."""
        for written, hidden, invited in (
            (START, None, START),
            (None, None, START),
            (START, START, START),
            (None, None, START - timedelta(days=61)),
        ):
            words = models.Testimonial(user_id=owner_id, invited_email="c@example.com", invited_at=invited)
            words.text, words.written_at, words.hidden_at = "Good.", written, hidden
            db.session.add(words)
            db.session.flush()

    def as_(self, who: str) -> Visitor:
        with self.app.app_context():
            db.session.get_one(User, self.ids["owner"]).suspended_at = START if who == "suspended" else None
            db.session.commit()
        browser = self.visitor()
        return browser.as_user(self.ids[who]) if who in self.ids else browser


@pytest.fixture
def street(app: Flask, visitor: Callable[[], Visitor]) -> Street:
    return Street(app, visitor)


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(street: Street, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(**street.urls)
    answers = []
    for who in WHO:
        browser = street.as_(who)
        answer = browser.get(url, buffered=True) if method == "GET" else browser.post(url, {"name": "", "rate": "x"})
        answers.append(answer.status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_write_without_csrf_token_is_refused(street: Street) -> None:
    for path in ("/account", "/account/profile", "/account/portfolio/new", "/account/signout", "/signout"):
        assert street.as_("owner").http.post(path, data={"name": "x"}).status_code == 400


def test_table_covers_every_page_of_the_room(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    filled = {"profile": "/people/x", "hidden profile": "/people/x", "unconfirmed profile": "/people/x"}
    filled |= dict.fromkeys(("invitation", "used invitation", "old invitation", "refusal"), "x")
    shown = {adapter.match(path.format(**filled), method)[0] for method, path in TABLE if path != "/signout"}
    rooms = ("accounts.", "security.", "mailbox.")
    known = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith(rooms)}
    assert known - shown == {"security.logout", "security.static"}
