from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import select

from marketplace.accounts import models as accounts
from marketplace.bids.models import Bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.prototypes.models import Prototype
from tests.support.factories import START
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines

NOTE = "The hardest part is the waiting list: two people may press at once, so the slot is held first."
ANSWERS = {"price": "2800", "days": "12", "go_live_hours": "8", "note": NOTE, "prototype_url": "https://demo.example/"}


def draft_of(person_id: int) -> Bid:
    return db.session.scalars(select(Bid).where(Bid.freelancer_id == person_id)).one()


def test_empty_form_to_preview_to_placed_bid(app: Flask, fair: Fair) -> None:
    fay = fair.as_("fay")
    preview = fay.submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, "do": "preview"})
    assert preview.status_code == 303
    page = fay.page(preview.location)
    assert "€2,800" in page.text()
    assert "Live within 8 hours of payment" in page.text()
    placed = fay.submit(preview.location)
    assert "What happens next" in fay.page(placed.location).text()
    with app.app_context():
        bid = draft_of(fair.people["fay"])
        assert (bid.state, bid.price, bid.submitted_at) == ("submitted", 280_000, START)


def test_placing_twice_places_once(app: Flask, fair: Fair) -> None:
    fay = fair.as_("fay")
    preview = fay.submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, "do": "preview"}).location
    key = fay.page(preview).css_first("main form input[name=key]")
    assert key is not None
    fields = {"key": key.attributes["value"]}
    first = fay.post(preview.replace("preview", "place"), fields)
    second = fay.post(preview.replace("preview", "place"), fields)
    assert (first.status_code, second.status_code, first.location) == (303, 303, second.location)
    with app.app_context():
        assert draft_of(fair.people["fay"]).job.bid_count == 4


def test_enter_key_submits_preview_not_check(fair: Fair) -> None:
    form = fair.as_("fay").page(f"/jobs/{fair.slug}/bids/new").css_first("main form")
    assert form is not None
    first_button = form.css_first("button")
    assert first_button is not None
    assert first_button.attributes["value"] == "preview"


def test_invalid_input_is_redisplayed_with_all_answers(fair: Fair) -> None:
    sent = {**ANSWERS, "price": "about 3k", "days": "soon", "prototype_url": "ftp://demo.example", "do": "preview"}
    answer = fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", sent)
    assert answer.status_code == 422
    page = LexborHTMLParser(answer.text)
    typed = {node.attributes["name"]: node.attributes.get("value") for node in page.css(".field input")}
    assert (typed["price"], typed["days"], typed["prototype_url"]) == ("about 3k", "soon", "ftp://demo.example")
    assert NOTE in page.css_first("textarea[name=note]").text()  # type: ignore[union-attr]
    summary = page.css_first(".error-summary")
    assert summary is not None
    assert [link.attributes["href"] for link in summary.css("a")] == ["#price", "#days", "#prototype_url"]
    title = page.css_first("title")
    assert title is not None
    assert title.text().startswith("Error: ")


def test_preview_lists_everything_missing_and_keeps_draft(app: Flask, fair: Fair) -> None:
    answer = fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", {"note": "Too short.", "do": "preview"})
    assert answer.status_code == 422
    assert "Enter your price" in answer.text
    assert "at least 80 characters" in answer.text
    with app.app_context():
        assert draft_of(fair.people["fay"]).note == "Too short."


def test_autosave_stores_draft_without_leaving_page(app: Flask, fair: Fair) -> None:
    fay = fair.as_("fay")
    url = f"/jobs/{fair.slug}/bids/new"
    fields = {"csrf_token": fay.csrf_token(), "note": "Half a"}
    for note in ("Half a", "Half a thought"):
        answer = fay.http.post(url, data={**fields, "note": note}, headers={"X-Autosave": "1"})
        assert answer.json["state"] == "saved"
    with app.app_context():
        assert draft_of(fair.people["fay"]).note == "Half a thought"


def test_existing_draft_replaces_empty_form(fair: Fair) -> None:
    fay = fair.as_("fay")
    fay.submit(f"/jobs/{fair.slug}/bids/new", {"note": "Half a thought", "do": "save"})
    page = fay.page(f"/jobs/{fair.slug}/bids/new")
    assert "Half a thought" in page.text()
    assert "Draft saved" in page.text()


def test_link_check_keeps_draft_and_shows_result_below_link(app: Flask, fair: Fair) -> None:
    fay = fair.as_("fay")
    answer = fay.submit(
        f"/jobs/{fair.slug}/bids/new", {"note": "Half a", "prototype_url": "https://demo.example/", "do": "check"}
    )
    assert answer.status_code == 303
    page = fay.page(answer.location)
    panel = page.css_first("#link [data-poll]")
    assert panel is not None
    assert fay.get(panel.attributes["data-poll"] or "").status_code == 200
    with app.app_context():
        bid = draft_of(fair.people["fay"])
        assert bid.note == "Half a"
        assert bid.prototype is not None
        assert (bid.prototype.url, bid.prototype.state) == ("https://demo.example/", "queued")
        assert [line["kind"] for line in bid.prototype.requirements] == ["page", "text", "free"]


def test_check_without_link_shows_error(fair: Fair) -> None:
    answer = fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", {"do": "check"})
    assert answer.status_code == 422
    assert "Enter the link to check" in answer.text


def test_form_makes_no_network_request(app: Flask, fair: Fair) -> None:
    link = {"prototype_url": "https://never.example:8443/"}
    fair.as_("fay").submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, **link, "do": "preview"})
    with app.app_context():
        assert db.session.scalar(select(Prototype).where(Prototype.url == link["prototype_url"])) is None


def test_text_is_kept_when_job_closes_while_writing(app: Flask, fair: Fair, clock: FixedClock) -> None:
    fay = fair.as_("fay")
    fay.submit(f"/jobs/{fair.slug}/bids/new", {"note": "Half a", "do": "save"})
    clock.moment += timedelta(days=8)
    answer = fay.submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, "do": "preview"})
    assert answer.status_code == 422
    assert "stopped taking bids while you were writing" in answer.text
    assert NOTE in answer.text
    with app.app_context():
        assert draft_of(fair.people["fay"]).note == NOTE


def test_unsaved_text_on_closed_job_is_redisplayed(app: Flask, fair: Fair, clock: FixedClock) -> None:
    fay = fair.as_("fay")
    token = fay.csrf_token()
    clock.moment += timedelta(days=8)
    answer = fay.http.post(f"/jobs/{fair.slug}/bids/new", data={**ANSWERS, "csrf_token": token, "do": "preview"})
    assert answer.status_code == 422
    assert NOTE in answer.text


def test_placing_after_deadline_is_conflict_and_draft_stays(app: Flask, fair: Fair, clock: FixedClock) -> None:
    fay = fair.as_("fay")
    preview = fay.submit(f"/jobs/{fair.slug}/bids/new", {**ANSWERS, "do": "preview"}).location
    clock.moment += timedelta(days=7)
    assert fay.submit(preview).status_code == 409
    with app.app_context():
        assert draft_of(fair.people["fay"]).state == "draft"


def test_existing_bid_is_shown_instead_of_form(fair: Fair) -> None:
    answer = fair.as_("wanda").get(f"/jobs/{fair.slug}/bids/new")
    assert answer.location == f"/bids/{fair.bids['wanda']}"


def test_placed_bid_can_change_until_bids_close(app: Flask, fair: Fair, clock: FixedClock) -> None:
    bob, url = fair.as_("bob"), f"/bids/{fair.bids['bob']}/edit"
    assert bob.submit(url, {"price": "2450.50"}).status_code == 303
    with app.app_context():
        assert (reload(fair.bids["bob"]).price, reload(fair.bids["bob"]).version) == (245_050, 2)
    assert bob.submit(url, {"note": "Too short."}).status_code == 422
    with app.app_context():
        assert reload(fair.bids["bob"]).version == 2
    assert bob.get(url).status_code == 200
    token = bob.csrf_token()
    clock.moment += timedelta(days=7)
    assert bob.get(url).status_code == 403
    answer = bob.http.post(url, data={**ANSWERS, "csrf_token": token})
    assert answer.status_code == 422
    assert NOTE in answer.text


def test_bid_is_withdrawn_once_confirmed(app: Flask, fair: Fair) -> None:
    bob, url = fair.as_("bob"), f"/bids/{fair.bids['bob']}/withdraw"
    assert "Withdraw the bid" in bob.get(url).text
    with app.app_context():
        assert reload(fair.bids["bob"]).state == "submitted"
    bob.submit(url)
    with app.app_context():
        assert reload(fair.bids["bob"]).state == "withdrawn"
    assert bob.get(f"/jobs/{fair.slug}/bids/new").status_code == 200


def test_only_own_portfolio_and_testimonials_are_offered_and_stored(app: Flask, fair: Fair) -> None:
    with app.app_context():
        own = accounts.PortfolioItem(user_id=fair.people["fay"], title="Own work", created_at=START)
        theirs = accounts.PortfolioItem(user_id=fair.people["wanda"], title="Wanda's work", created_at=START)
        praise = accounts.Testimonial(
            user_id=fair.people["fay"], invited_email="a@example.com", invited_at=START, written_at=START,
            author_name="Carla", text="On time.",
        )  # fmt: skip
        db.session.add_all([own, theirs, praise])
        db.session.commit()
        own_id, theirs_id, praise_id = own.id, theirs.id, praise.id
    fay = fair.as_("fay")
    text = fay.get(f"/jobs/{fair.slug}/bids/new").text
    assert "Own work" in text
    assert "Wanda" not in text
    fay.submit(f"/jobs/{fair.slug}/bids/new", {"portfolio": [own_id], "testimonials": [praise_id], "do": "save"})
    fay.submit(f"/jobs/{fair.slug}/bids/new", {"portfolio": [theirs_id], "do": "save"})
    with app.app_context():
        assert [item.id for item in draft_of(fair.people["fay"]).portfolio] == [own_id]  # as stored before
        assert [one.author_name for one in draft_of(fair.people["fay"]).testimonials] == ["Carla"]
