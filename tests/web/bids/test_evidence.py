"""What client and bidder see of a full check, its pictures, and the page before a stranger's site."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.audits.audit import Audit, Tone
from marketplace.prototypes.fetching.trail import Hop
from marketplace.prototypes.models import BrowserTurn, Prototype, PrototypeEvent, StoredCheck
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.recording import row_of
from marketplace.prototypes.rendering.view import Rendering, Shot
from marketplace.prototypes.requirements import Finding, Outcome
from marketplace.prototypes.states import PrototypeState
from tests.support.factories import START
from tests.web.bids.conftest import Fair, reload

FULL = CheckRecord(
    url="https://live.example/",
    state=PrototypeState.LIVE,
    reason="answered",
    sentence="Live: answered in 0.4 s.",
    sha256="ab" * 32,
    started_at=START,
    finished_at=START,
    hops=(
        Hop("https://live.example/", "93.184.216.34", 200),
        Hop("https://www.live.example/home", "93.184.216.34", 200),
    ),
    requirements=(
        Finding("1", "page", "/prices", Outcome.MET, "https://live.example/prices: “Prices”"),
        Finding("2", "text", "Book now", Outcome.NOT_MET, "Not found in /."),
        Finding("3", "phone", "", Outcome.NOT_MEASURED, "No browser."),
    ),
    rendering=Rendering(title="Live", browser="Chromium 156", lcp_ms=410.0),
    audits=(
        Audit("accessibility", 1, Tone.BAD, "3 things keep people out.", mend="Give every picture a text."),
        Audit("safe", 1, Tone.GOOD, "Nothing unsafe was found."),
        Audit("hints", 1, Tone.NOTE, "", evidence={"hints": [{"line": "It feels friendly", "where": "Hi!"}]}),
    ),
)


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (1280, 800), "teal").save(out, "WEBP")
    return out.getvalue()


@pytest.fixture
def seen(app: Flask, fair: Fair, clock: FixedClock) -> Fair:
    """Wanda's prototype was examined, with pictures."""
    files: FileStore = app.extensions["files"]
    key = files.save(picture())
    with app.app_context():
        prototype = reload(fair.bids["wanda"]).prototype
        assert prototype
        rendering = replace(FULL.rendering or Rendering(), shots={"wide": Shot(key, key, 1280, 800)}, cuts={"1": key})
        full = replace(FULL, url=prototype.url, rendering=rendering)
        quick = replace(full, rendering=None, audits=())
        for record, cause in ((quick, "submitted"), (full, "full:submitted")):
            db.session.execute(insert(StoredCheck), [row_of(prototype, record, clock.now(), cause=cause)])
        prototype.picture_key = prototype.thumbnail_key = key
        prototype.examined_at = clock.now()
        db.session.commit()
    return fair


@pytest.mark.parametrize("who", ["client", "wanda", "admin"])
def test_the_evidence_is_there_line_by_line(seen: Fair, who: str) -> None:
    text = seen.as_(who).page(f"/bids/{seen.bids['wanda']}").text()
    for words in ("1 of 3 requirements met, 1 not measured", "3 things keep people out.", "Nothing unsafe", "0.41 s"):
        assert words in text
    assert "Hints" in text


def test_only_the_bidder_reads_what_to_mend(seen: Fair) -> None:
    url = f"/bids/{seen.bids['wanda']}"
    assert "Give every picture a text." in seen.as_("wanda").page(url).text()
    assert "Give every picture a text." in seen.as_("wanda").page(url + "/link").text()
    assert "Give every picture a text." not in seen.as_("client").page(url).text()


@pytest.mark.parametrize("name", ["wide", "wide-thumbnail", "cut-1"])
def test_pictures_are_for_those_who_may_see_the_bid(seen: Fair, name: str) -> None:
    url = f"/bids/{seen.bids['wanda']}/pictures/{name}"
    answers = {}
    for who in ("client", "wanda", "admin", "nora", "anonymous"):
        with seen.as_(who).get(url) as answer:
            answers[who] = answer.status_code
    assert answers == {"client": 200, "wanda": 200, "admin": 200, "nora": 404, "anonymous": 303}
    with seen.as_("client").get(url) as answer:
        assert (answer.mimetype, answer.cache_control.private) == ("image/webp", True)


@pytest.mark.parametrize("name", ["phone", "cut-9", "cut-../../secret_key", "..%2fsecret_key", "tall"])
def test_a_picture_that_is_not_there_is_not_found(seen: Fair, name: str) -> None:
    assert seen.as_("client").get(f"/bids/{seen.bids['wanda']}/pictures/{name}").status_code == 404


def test_a_picture_whose_file_is_gone_is_not_found(app: Flask, seen: Fair) -> None:
    with app.app_context():
        key = reload(seen.bids["wanda"]).prototype.picture_key  # pyright: ignore[reportOptionalMemberAccess]
    app.extensions["files"].path(key).unlink()
    assert seen.as_("client").get(f"/bids/{seen.bids['wanda']}/pictures/wide").status_code == 404


def test_before_leaving_the_client_reads_what_was_found_and_where_it_leads(seen: Fair) -> None:
    page = seen.as_("client").page(f"/bids/{seen.bids['wanda']}/visit")
    assert "Nothing unsafe was found." in page.text()
    link = page.css_first("main a.button.primary")
    assert link
    assert link.attributes["href"] == "https://www.live.example/home"
    assert set((link.attributes["rel"] or "").split()) >= {"noopener", "noreferrer", "nofollow"}


def test_every_way_to_a_prototype_leads_by_that_page(seen: Fair) -> None:
    client, outside = seen.as_("client"), "https://live.example/"
    for path in (f"/jobs/{seen.slug}/bids", f"/bids/{seen.bids['wanda']}"):
        links = [link.attributes.get("href") for link in client.page(path).css("a")]
        assert outside not in links
        assert f"/bids/{seen.bids['wanda']}/visit" in links


def test_a_refused_link_can_not_be_opened(app: Flask, fair: Fair) -> None:
    with app.app_context():
        prototype = reload(fair.bids["wanda"]).prototype
        assert prototype
        prototype.state, prototype.summary = "refused", "This link points to the checking machine itself."
        db.session.commit()
    page = fair.as_("client").page(f"/bids/{fair.bids['wanda']}/visit")
    assert "points to the checking machine itself" in page.text()
    assert [link for link in page.css("main a") if "live.example" in (link.attributes.get("href") or "")] == []


def test_a_bid_without_a_link_has_nothing_to_open(fair: Fair) -> None:
    assert fair.as_("client").get(f"/bids/{fair.bids['nora']}/visit").status_code == 404


def test_while_the_browser_looks_the_card_fills_in_by_itself(app: Flask, seen: Fair, clock: FixedClock) -> None:
    with app.app_context():
        bid = reload(seen.bids["wanda"])
        db.session.get_one(BrowserTurn, bid.prototype_id).due_at = clock.now()
        db.session.commit()
    section = seen.as_("client").page(f"/bids/{seen.bids['wanda']}").css_first("[data-poll]")
    assert section
    assert section.attributes["data-poll"] == f"/bids/{seen.bids['wanda']}/link"
    assert "In a browser" in section.text()


def test_compared_bids_show_pictures_and_findings_side_by_side(seen: Fair) -> None:
    page = seen.as_("client").page(f"/jobs/{seen.slug}/compare?bid={seen.bids['wanda']}&bid={seen.bids['bob']}")
    assert "3 things keep people out." in page.text()
    assert page.css_first(f"img[src='/bids/{seen.bids['wanda']}/pictures/wide-thumbnail']")


def test_a_change_after_bids_closed_has_its_date(app: Flask, seen: Fair, clock: FixedClock) -> None:
    url = f"/bids/{seen.bids['wanda']}"
    with app.app_context():
        bid = reload(seen.bids["wanda"])
        assert bid.prototype_id
        assert bid.job.bid_deadline
        for days, words in ((-1, "half of its text is new"), (1, "its look is new")):
            at = bid.job.bid_deadline + timedelta(days=days)
            db.session.add(
                PrototypeEvent(
                    prototype_id=bid.prototype_id, revision=1, at=at, kind="content_changed", sentence=words, details={}
                )
            )
        db.session.commit()
    lines = [line.text() for line in seen.as_("client").page(url).css(".timeline li")]
    assert [("After bids closed" in line) for line in lines] == [True, False]


def test_a_flagged_bid_says_that_a_moderator_looks(app: Flask, seen: Fair) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, reload(seen.bids["wanda"]).prototype_id)
        prototype.review = "flagged"
        db.session.commit()
    assert "A moderator looks at both" in seen.as_("client").page(f"/bids/{seen.bids['wanda']}").text()
