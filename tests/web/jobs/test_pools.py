"""A job that requires prototypes, from its client's and its bidders' side."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.payments.models import Charge
from marketplace.payments.services.charging import settle_charge
from tests.support.factories import START, make_job, make_user
from tests.support.visitor import Visitor

pytestmark = pytest.mark.both_engines

SPEC = "Members book a slot in three taps, and see which slots are free before they sign in."
WHO = {"anonymous": 303, "client": 200, "other": 404, "freelancer": 404, "admin": 404}


@pytest.fixture
def draft(app: Flask) -> dict[str, object]:
    with app.app_context():
        client = make_user("client", name="Cleo Client")
        make_job(client)  # so that the next one needs no review
        job = make_job(
            client,
            requirements=[("page", "/prices")],
            state="draft",
            published_at=None,
            spec=SPEC,
            title="Booking site",
        )
        people = {"client": client.id, "other": make_user("client").id, "admin": make_user("admin").id}
        people["freelancer"] = make_user("freelancer", name="Fay Freelancer").id
        return {"path": f"/jobs/{job.slug}", **people}


def test_from_pool_choice_to_refusal_of_a_bid_without_a_link(
    app: Flask, draft: dict[str, object], visitor: Callable[[], Visitor]
) -> None:
    path = str(draft["path"])
    client = visitor().as_user(int(str(draft["client"])))
    client.submit(f"{path}/edit/budget", {"requires_prototype": "y", "pool_amount": "300"})
    assert "Pay the participation pool" in client.page(f"{path}/edit").css_first("ul.tasks").text()
    refused = client.post(f"{path}/publish")
    assert (refused.status_code, "Pay €300 into the participation pool" in refused.text) == (422, True)
    assert "share this pool if you choose nobody" in client.page(f"{path}/edit/pool").text()
    answer = client.submit(f"{path}/edit/pool")
    assert (answer.status_code, answer.location[:5]) == (303, "/pay/")
    with app.app_context():
        settle_charge(db.session.scalars(select(Charge)).one(), "succeeded", START)
        db.session.commit()
    assert "is held, so it stays as it is" in client.page(f"{path}/edit/budget").text()
    client.submit(f"{path}/edit/budget", {"budget_max": "4000"})
    assert client.post(f"{path}/publish").status_code == 303
    fay = visitor().as_user(int(str(draft["freelancer"])))
    assert "€300, held" in fay.page(path).text()
    assert "takes only bids with one" in fay.page(f"{path}/bids/new").text()
    fields = {"price": "2900", "days": "18", "note": "I run a bouldering wall's site today. " * 3, "do": "preview"}
    answer = fay.submit(f"{path}/bids/new", fields)
    assert (answer.status_code, "only bids with a working prototype" in answer.text) == (422, True)
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.title == "Booking site")).one()
        assert (job.requires_prototype, job.pool_amount, job.state) == (True, 30_000, "open")


def test_pool_without_amount_is_an_error_beside_its_field(
    draft: dict[str, object], visitor: Callable[[], Visitor]
) -> None:
    path = str(draft["path"])
    client = visitor().as_user(int(str(draft["client"])))
    answer = client.submit(f"{path}/edit/budget", {"requires_prototype": "y", "pool_amount": "lots"})
    assert (answer.status_code, 'value="lots"' in answer.text) == (422, True)
    client.submit(f"{path}/edit/budget", {"requires_prototype": "y", "pool_amount": ""})
    refused = client.post(f"{path}/publish")
    assert "Enter what those who build a prototype share" in refused.text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_can_access_the_pool(
    app: Flask, draft: dict[str, object], visitor: Callable[[], Visitor], method: str
) -> None:
    path = f"{draft['path']}/edit/pool"
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.title == "Booking site")).one()
        job.requires_prototype, job.pool_amount = True, 30_000
        db.session.commit()
    found = {}
    for who in WHO:
        browser = visitor().as_user(int(str(draft[who]))) if who in draft else visitor()
        found[who] = (browser.get(path) if method == "GET" else browser.post(path)).status_code
    assert found == {**WHO, "client": 200 if method == "GET" else 303}
