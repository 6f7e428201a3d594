"""Access table: every page of the room for every kind of visitor; only owners see their money."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.database import db
from marketplace.payments.models import Invoice, PayoutAccount
from marketplace.payments.services.settlement import release
from tests.support.factories import START
from tests.support.money import make_payable
from tests.web.payments.conftest import Till, user

pytestmark = pytest.mark.both_engines

WHO = ("anonymous", "client", "fay", "other", "suspended", "admin")
TABLE = {
    # page                                 anonymous client fay other suspended admin
    ("GET", "/money"): (303, 200, 200, 200, 200, 200),
    ("GET", "/money/statement.csv"): (303, 200, 200, 200, 200, 200),
    ("GET", "/money/invoices"): (303, 200, 200, 200, 200, 200),
    ("GET", "/money/invoices.csv"): (303, 200, 200, 200, 200, 200),
    ("GET", "/money/invoices/{sale}"): (303, 200, 200, 404, 404, 404),
    ("GET", "/money/invoices/{sale}.pdf"): (303, 200, 200, 404, 404, 404),
    ("GET", "/money/invoices/{fee}"): (303, 404, 200, 404, 404, 404),
    ("GET", "/money/payouts"): (303, 200, 200, 200, 200, 200),
    ("POST", "/money/payouts"): (303, 422, 422, 422, 403, 422),
    ("POST", "/money/payouts/account"): (303, 303, 303, 303, 403, 303),
    ("GET", "/pay/{token}"): (303, 303, 404, 404, 404, 404),
    ("POST", "/pay/{token}"): (303, 303, 404, 404, 403, 404),
    ("GET", "/pay/{token}/done"): (303, 200, 404, 404, 404, 404),
    ("GET", "/pay/{token}/state"): (303, 200, 404, 404, 404, 404),
    ("GET", "/sandbox/checkout/{checkout}"): (303, 303, 404, 404, 404, 404),
    ("POST", "/sandbox/checkout/{checkout}"): (303, 422, 404, 404, 403, 404),
    ("GET", "/sandbox/dispute/{checkout}"): (303, 404, 404, 404, 403, 404),
    ("POST", "/sandbox/dispute/{checkout}"): (303, 404, 404, 404, 403, 404),
    ("GET", "/sandbox/account/{account}"): (303, 404, 200, 404, 403, 404),
    ("POST", "/sandbox/account/{account}"): (303, 404, 303, 404, 403, 404),
    ("POST", "/webhooks/sandbox"): (400, 400, 400, 400, 400, 400),
    ("POST", "/webhooks/stripe"): (404, 404, 404, 404, 404, 404),
}


@pytest.fixture
def places(till: Till) -> dict[str, object]:
    till.pay()
    with till.app.app_context():
        make_payable(user(till.people, "fay"))
        hold = till.charge().hold
        assert hold is not None
        release(hold, START, "r")
        db.session.commit()
        sale = db.session.query(Invoice).filter(Invoice.seller_id.is_not(None)).one().id
        fee = db.session.query(Invoice).filter(Invoice.seller_id.is_(None)).one().id
        account = db.session.query(PayoutAccount).one().reference
        checkout = till.charge().provider_reference
    return {"token": till.token, "sale": sale, "fee": fee, "account": account, "checkout": checkout}


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_access_by_person(
    till: Till, places: dict[str, object], page: tuple[str, str], expected: tuple[int, ...]
) -> None:
    method, path = page
    url = path.format(**places)
    answers = []
    for who in WHO:
        browser = till.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_every_route_of_room_is_in_access_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    filled = {"token": "x", "sale": 1, "fee": 1, "account": "x", "checkout": "x"}
    shown = {adapter.match(path.format(**filled), method)[0] for method, path in TABLE}
    assert {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("payments.")} == shown


def test_write_without_csrf_token_is_refused(till: Till) -> None:
    for path in ("/money/payouts", "/money/payouts/account", f"/pay/{till.token}"):
        assert till.as_("client").http.post(path).status_code == 400
