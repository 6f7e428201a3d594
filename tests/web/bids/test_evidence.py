"""Full-check evidence for client and bidder, its pictures, and the page before leaving the site."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.original import of_a_near_copy
from marketplace.checker.browser.view import Rendering, Screenshot
from marketplace.checker.fetch.result import Hop
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import Finding, Outcome
from marketplace.checker.states import CheckState
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.storage import FileStore
from marketplace.prototypes.models import FullCheckSchedule, Prototype, PrototypeEvent, StoredCheck
from marketplace.prototypes.quick_check_recording import row_of
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload

pytestmark = pytest.mark.both_engines

FULL = CheckRecord(
    url="https://live.example/",
    state=CheckState.LIVE,
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
    """Wanda's prototype after a full check with pictures."""
    files: FileStore = app.extensions["files"]
    key = files.save(picture())
    with app.app_context():
        prototype = reload(fair.bids["wanda"]).prototype
        assert prototype
        rendering = replace(
            FULL.rendering or Rendering(), shots={"wide": Screenshot(key, key, 1280, 800)}, cuts={"1": key}
        )
        full = replace(FULL, url=prototype.url, rendering=rendering)
        quick = replace(full, rendering=None, audits=())
        for record, cause in ((quick, "submitted"), (full, "full:submitted")):
            db.session.execute(insert(StoredCheck), [row_of(prototype, record, clock.now(), cause=cause)])
        prototype.picture_key = prototype.thumbnail_key = key
        prototype.examined_at = clock.now()
        db.session.commit()
    return fair


@pytest.mark.parametrize("who", ["client", "wanda", "admin"])
def test_client_and_bidder_see_evidence(seen: Fair, who: str) -> None:
    text = seen.as_(who).page(f"/bids/{seen.bids['wanda']}").text()
    for words in ("1 of 3 requirements met, 1 not measured", "3 things keep people out.", "Nothing unsafe", "0.41 s"):
        assert words in text
    assert "Hints" in text


def test_only_bidder_sees_what_to_fix(seen: Fair) -> None:
    url = f"/bids/{seen.bids['wanda']}"
    assert "Give every picture a text." in seen.as_("wanda").page(url).text()
    assert "Give every picture a text." in seen.as_("wanda").page(url + "/link").text()
    assert "Give every picture a text." not in seen.as_("client").page(url).text()


@pytest.mark.parametrize("name", ["wide", "wide-thumbnail", "cut-1"])
def test_pictures_are_visible_to_viewers_of_bid_only(seen: Fair, name: str) -> None:
    url = f"/bids/{seen.bids['wanda']}/pictures/{name}"
    answers = {}
    for who in ("client", "wanda", "admin", "nora", "anonymous"):
        with seen.as_(who).get(url) as answer:
            answers[who] = answer.status_code
    assert answers == {"client": 200, "wanda": 200, "admin": 200, "nora": 404, "anonymous": 303}
    with seen.as_("client").get(url) as answer:
        assert (answer.mimetype, answer.cache_control.private) == ("image/webp", True)


@pytest.mark.parametrize("name", ["phone", "cut-9", "cut-../../secret_key", "..%2fsecret_key", "tall"])
def test_missing_picture_is_not_found(seen: Fair, name: str) -> None:
    assert seen.as_("client").get(f"/bids/{seen.bids['wanda']}/pictures/{name}").status_code == 404


def test_picture_with_missing_file_is_not_found(app: Flask, seen: Fair) -> None:
    with app.app_context():
        key = reload(seen.bids["wanda"]).prototype.picture_key  # pyright: ignore[reportOptionalMemberAccess]
    app.extensions["files"].path(key).unlink()
    assert seen.as_("client").get(f"/bids/{seen.bids['wanda']}/pictures/wide").status_code == 404


def test_visit_page_shows_findings_and_target(seen: Fair) -> None:
    page = seen.as_("client").page(f"/bids/{seen.bids['wanda']}/visit")
    assert "Nothing unsafe was found." in page.text()
    link = page.css_first("main a.button.primary")
    assert link
    assert link.attributes["href"] == "https://www.live.example/home"
    assert set((link.attributes["rel"] or "").split()) >= {"noopener", "noreferrer", "nofollow"}


def test_visit_page_shows_danger_first_and_discourages_opening(app: Flask, seen: Fair, clock: FixedClock) -> None:
    sentence = "A password would be sent to another host."
    with app.app_context():
        prototype = reload(seen.bids["wanda"]).prototype
        assert prototype
        told = replace(FULL, url=prototype.url, audits=(Audit("safe", 1, Tone.BAD, sentence),))
        db.session.execute(insert(StoredCheck), [row_of(prototype, told, clock.now(), cause="full:asked")])
        db.session.commit()
    page = seen.as_("client").page(f"/bids/{seen.bids['wanda']}/visit")
    assert page.css_first("h1 + .warning").text(strip=True) == sentence  # pyright: ignore[reportOptionalMemberAccess]
    assert page.text().count(sentence) == 1
    assert page.css_first("main a.button[href='https://www.live.example/home']")
    assert not page.css("main .button.primary")


def test_every_prototype_link_leads_through_visit_page(seen: Fair) -> None:
    client, outside = seen.as_("client"), "https://live.example/"
    for path in (f"/jobs/{seen.slug}/bids", f"/bids/{seen.bids['wanda']}"):
        links = [link.attributes.get("href") for link in client.page(path).css("a")]
        assert outside not in links
        assert f"/bids/{seen.bids['wanda']}/visit" in links


def test_refused_link_cannot_be_opened(app: Flask, fair: Fair) -> None:
    with app.app_context():
        prototype = reload(fair.bids["wanda"]).prototype
        assert prototype
        prototype.state, prototype.summary = "refused", "This link points to the checking machine itself."
        db.session.commit()
    page = fair.as_("client").page(f"/bids/{fair.bids['wanda']}/visit")
    assert "points to the checking machine itself" in page.text()
    assert [link for link in page.css("main a") if "live.example" in (link.attributes.get("href") or "")] == []


def test_refused_link_stays_blocked_while_rechecked(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        prototype = reload(fair.bids["wanda"]).prototype
        assert prototype
        hop = Hop("http://10.0.0.1/", None, None)
        record = replace(FULL, url=prototype.url, state=CheckState.REFUSED, hops=(hop,), rendering=None, audits=())
        db.session.execute(insert(StoredCheck), [row_of(prototype, record, clock.now(), cause="submitted")])
        prototype.state = "checking"
        db.session.commit()
    client, url = fair.as_("client"), f"/bids/{fair.bids['wanda']}"
    assert "10.0.0.1" not in [link.attributes.get("href") for link in client.page(url + "/visit").css("a")]
    assert not client.page(url + "/visit").css("main a[target]")
    assert not client.page(url).css(f"a[href='{url}/visit']")


@pytest.mark.parametrize("state", ["unknown", "broken"])
def test_link_with_unknown_state_can_be_opened(app: Flask, seen: Fair, clock: FixedClock, state: str) -> None:
    with app.app_context():
        prototype = reload(seen.bids["wanda"]).prototype
        assert prototype
        record = replace(FULL, url=prototype.url, state=CheckState(state), rendering=None, audits=())
        db.session.execute(insert(StoredCheck), [row_of(prototype, record, clock.now(), cause="recheck:1")])
        prototype.state, prototype.summary = state, "The server asked us to come back later (429)."
        db.session.commit()
    client, url = seen.as_("client"), f"/bids/{seen.bids['wanda']}"
    assert client.page(url).css(f"a[href='{url}/visit']")
    assert "asked us to come back later" in client.page(url + "/visit").text()
    assert client.page(url + "/visit").css("main a[target]")


def test_bid_without_link_has_nothing_to_open(fair: Fair) -> None:
    assert fair.as_("client").get(f"/bids/{fair.bids['nora']}/visit").status_code == 404


def test_card_updates_itself_during_full_check(app: Flask, seen: Fair, clock: FixedClock) -> None:
    with app.app_context():
        bid = reload(seen.bids["wanda"])
        db.session.get_one(FullCheckSchedule, bid.prototype_id).due_at = clock.now()
        db.session.commit()
    section = seen.as_("client").page(f"/bids/{seen.bids['wanda']}").css_first("main [data-poll]")
    assert section
    assert section.attributes["data-poll"] == f"/bids/{seen.bids['wanda']}/link"
    assert section.attributes["data-every"] == "5"
    assert "In a browser" in section.text()


def test_known_facts_stay_while_link_is_rechecked(app: Flask, seen: Fair) -> None:
    with app.app_context():
        prototype = reload(seen.bids["wanda"]).prototype
        assert prototype
        prototype.state = "checking"
        db.session.commit()
    page = seen.as_("client").page(f"/bids/{seen.bids['wanda']}")
    for words in ("Checking link", "What the last check found", "1 of 3 requirements met", "3 things keep people out."):
        assert words in page.text()
    assert page.css_first(f"a[href='/bids/{seen.bids['wanda']}/visit']")


def test_pictures_open_larger_without_javascript(seen: Fair) -> None:
    client = seen.as_("client")
    links = client.page(f"/bids/{seen.bids['wanda']}").css("a[data-zoom]")
    targets = [link.attributes["href"] or "" for link in links]
    assert targets == [f"/bids/{seen.bids['wanda']}/pictures/{name}" for name in ("wide", "cut-1")]
    for target in targets:
        with client.get(target) as answer:
            assert answer.mimetype == "image/webp"


def test_only_bidder_sees_how_to_prove_control(app: Flask, seen: Fair) -> None:
    with app.app_context():
        prototype = reload(seen.bids["wanda"]).prototype
        assert prototype
        token = prototype.token
    url = f"/bids/{seen.bids['wanda']}"
    text = seen.as_("wanda").page(url).text()
    assert f'<meta name="prebuilt-verification" content="{token}">' in text
    assert f"prebuilt-verification={token}" in text
    assert "/.well-known/prebuilt.txt" in text
    assert token not in seen.as_("client").get(url).text
    with app.app_context():
        db.session.get_one(Prototype, reload(seen.bids["wanda"]).prototype_id).control = "meta"
        db.session.commit()
    assert "Prove that the site is yours" not in seen.as_("wanda").page(url).text()


def test_bidder_rechecks_and_sees_limit(seen: Fair) -> None:
    url = f"/bids/{seen.bids['wanda']}"
    page = seen.as_("wanda").page(url)
    assert page.css_first(f"form[action='{url}/check']")
    assert "Once a minute" in page.text()
    assert not seen.as_("client").page(url).css_first(f"form[action='{url}/check']")


def test_uptime_is_shown_as_text_and_chart(app: Flask, seen: Fair, clock: FixedClock) -> None:
    with app.app_context():
        prototype = reload(seen.bids["wanda"]).prototype
        assert prototype
        for hour, state in ((1, "broken"), (2, "unknown"), (3, "live")):
            record = replace(FULL, url=prototype.url, rendering=None, audits=(), state=CheckState(state))
            row = row_of(prototype, record, clock.now() + timedelta(hours=hour), cause=f"recheck:{hour}")
            db.session.execute(insert(StoredCheck), [row])
        db.session.commit()
    clock.moment += timedelta(hours=4)
    for url in (f"/bids/{seen.bids['wanda']}", compare_url(seen)):
        page = seen.as_("client").page(url)
        assert "66.6 % of the time" in page.text()
        assert "1 could not tell" in page.text()
        strip = page.css_first("svg.strip")
        assert strip
        assert [rect.attributes["class"] for rect in strip.css("rect")] == ["up", "down", "none", "up"]


def compare_url(fair: Fair) -> str:
    return f"/jobs/{fair.slug}/compare?bid={fair.bids['wanda']}&bid={fair.bids['bob']}"


def columns_of(fair: Fair, heading: str) -> list[str]:
    """Texts of one row of the comparison."""
    rows = fair.as_("client").page(compare_url(fair)).css("table.compare tbody tr")
    found = [row for row in rows if (row.css_first("th") or row).text(strip=True) == heading]
    return [" ".join(cell.text(separator=" ").split()) for cell in found[0].css("td")]


def test_comparison_shows_pictures_and_findings_side_by_side(seen: Fair) -> None:
    page = seen.as_("client").page(compare_url(seen))
    assert "3 things keep people out." in page.text()
    assert page.css_first(f"a[data-zoom] img[src='/bids/{seen.bids['wanda']}/pictures/wide-thumbnail']")


def test_comparison_lists_requirements_of_all_bids(app: Flask, seen: Fair, clock: FixedClock) -> None:
    with app.app_context():
        bid = reload(seen.bids["wanda"])
        prototype, lines = bid.prototype, [line for line in bid.job.requirements if line.kind != "free"]
        assert prototype
        found = tuple(
            Finding(str(line.id), line.kind, line.value, Outcome.MET, f"Seen {line.value}") for line in lines[:1]
        )
        record = replace(FULL, url=prototype.url, requirements=found)
        db.session.execute(insert(StoredCheck), [row_of(prototype, record, clock.now(), cause="full:asked")])
        db.session.commit()
    assert columns_of(seen, "There is a page at /prices") == ["Met Seen /prices", "Not measured"]
    assert columns_of(seen, "The text “Book now” appears") == ["Not measured", "Not measured"]
    assert columns_of(seen, "Changed after bids closed") == ["No change seen", "No change seen"]


def test_comparison_query_count_is_constant(seen: Fair) -> None:
    def queries(*names: str) -> int:
        client = seen.as_("client")
        with counted_queries() as statements:
            client.page(f"/jobs/{seen.slug}/compare?" + "&".join(f"bid={seen.bids[name]}" for name in names))
        return len(statements)

    queries("wanda", "bob")
    assert queries("wanda", "bob", "nora") == queries("wanda", "bob")


def test_change_after_closing_is_dated(app: Flask, seen: Fair, clock: FixedClock) -> None:
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
        clock.moment = bid.job.bid_deadline + timedelta(days=2)
    lines = [line.text() for line in seen.as_("client").page(url).css(".timeline li")]
    assert [("After bids closed" in line) for line in lines] == [True, False]
    assert "its look is new" in columns_of(seen, "Changed after bids closed")[0]
    assert "half of its text" not in columns_of(seen, "Changed after bids closed")[0]


@pytest.mark.parametrize(
    ("review", "words"), [("cleared", "saw no wrong in it"), ("rejected", "a copy without credit")]
)
def test_moderator_decision_shows_at_once(app: Flask, seen: Fair, clock: FixedClock, review: str, words: str) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, reload(seen.bids["wanda"]).prototype_id)
        told = replace(FULL, url=prototype.url, audits=(of_a_near_copy("flagged", "", {"state": "flagged"}),))
        db.session.execute(insert(StoredCheck), [row_of(prototype, told, clock.now(), cause="full:asked")])
        prototype.review = review
        db.session.commit()
    for url in (f"/bids/{seen.bids['wanda']}", compare_url(seen), f"/bids/{seen.bids['wanda']}/visit"):
        text = seen.as_("client").page(url).text()
        assert words in text
        assert "A moderator looks at both" not in text


def test_live_link_rejected_by_moderator_is_shown_as_rejected(app: Flask, seen: Fair) -> None:
    with app.app_context():
        db.session.get_one(Prototype, reload(seen.bids["wanda"]).prototype_id).review = "rejected"
        db.session.commit()
    bid = f"/bids/{seen.bids['wanda']}"
    for url in (bid, f"/jobs/{seen.slug}/bids"):
        assert "A moderator rejected the prototype as a copy without credit." in seen.as_("client").page(url).text()
    for who, url in (
        ("client", bid),
        ("client", f"/jobs/{seen.slug}/bids"),
        ("client", compare_url(seen)),
        ("client", f"{bid}/visit"),
        ("client", f"{bid}/award?price=290000"),
        ("wanda", "/my/bids"),
    ):
        badges = [badge.text(strip=True) for badge in seen.as_(who).page(url).css("main .badge")]
        assert "Rejected by a moderator" in badges, url
        assert "Live" not in badges, url
        assert "The link is not working. Live" not in seen.as_(who).page(url).text()


def test_flagged_bid_says_moderator_is_reviewing(app: Flask, seen: Fair) -> None:
    with app.app_context():
        prototype = db.session.get_one(Prototype, reload(seen.bids["wanda"]).prototype_id)
        prototype.review = "flagged"
        db.session.commit()
    assert "A moderator looks at both" in seen.as_("client").page(f"/bids/{seen.bids['wanda']}").text()
