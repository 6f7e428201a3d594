"""Undelivered mail: admins see the mail server's answer and can retry a mail."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

ADMINS_ONLY = (303, 404, 404, 404, 404, 404, 404)
TABLE = {
    # page                    anonymous fay nora wanda client other suspended, then admin
    ("GET", "/admin/mail"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/mail?after=x"): (*ADMINS_ONLY, 200),
    ("POST", "/admin/mail/{mail}/again"): (*ADMINS_ONLY, 303),
    ("POST", "/admin/mail/999999/again"): (*ADMINS_ONLY, 404),
}


@pytest.fixture
def mail(app: Flask) -> int:
    """A mail refused for good, beside a sent one and a waiting one."""
    with app.app_context():
        refused = _mail("gone@example.com", last_error="550 no such mailbox", attempts=1)
        db.session.add_all([refused, _mail("a@example.com", sent_at=START), _mail("b@example.com", due_at=START)])
        db.session.commit()
        return refused.id


def _mail(to: str, **values: object) -> OutgoingMail:
    return OutgoingMail(to=to, subject=f"For {to}", text="Words", created_at=START, **values)


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(fair: Fair, mail: int, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(mail=mail)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_admin_reads_the_servers_answer_and_retries_the_mail(app: Flask, fair: Fair, mail: int) -> None:
    admin = fair.as_("admin")
    page = admin.page("/admin/mail").text()
    assert "gone@example.com" in page
    assert "550 no such mailbox" in page
    assert "a@example.com" not in page
    assert "b@example.com" not in page
    admin.submit("/admin/mail", form=f"form[action$='/admin/mail/{mail}/again']")
    with app.app_context():
        again = db.session.get_one(OutgoingMail, mail)
        assert (again.due_at is not None, again.attempts) == (True, 0)
    assert "Everything was delivered" in admin.page("/admin/mail").text()


def test_mail_list_takes_a_fixed_number_of_queries(app: Flask, fair: Fair, mail: int) -> None:
    admin = fair.as_("admin")
    admin.get("/admin/mail")
    with counted_queries() as one:
        admin.get("/admin/mail")
    with app.app_context():
        db.session.add_all([_mail(f"{number}@example.com") for number in range(9)])
        db.session.commit()
    with counted_queries() as ten:
        admin.get("/admin/mail")
    assert len(ten) == len(one)
