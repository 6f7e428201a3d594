"""Watch controls on the bid's page, their access, and a moderator's view of a match."""

from __future__ import annotations

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import delete, select

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.prototypes.models import Fingerprint
from marketplace.watches.models import WorkWatch
from marketplace.watches.services import NO_PRINT
from tests.support.factories import START
from tests.support.moderation import answer_decision
from tests.unit.watches.test_watches import DAY, WORDS, shown, sweep
from tests.web.bids.conftest import Fair, reload
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

BUTTON = "main form[action$='{}']"


@pytest.fixture
def rejected(app: Flask, fair: Fair) -> Fair:
    """Wanda's bid was declined, and the client's site is known."""
    with app.app_context():
        bid = reload(fair.bids["wanda"])
        assert bid.prototype
        shown(bid.prototype, WORDS)
        bid.state, bid.decline_reason, bid.job.current_site = "declined", "Too dear.", "https://gym.example/"
        db.session.commit()
    return fair


ACCESS = {
    # page                     anonymous fay  nora wanda client other suspended admin
    "/bids/{wanda}/watch": (303, 404, 404, 303, 403, 404, 403, 403),
    "/bids/{wanda}/unwatch": (303, 404, 404, 403, 403, 404, 403, 403),
}


@pytest.mark.parametrize(("path", "expected"), ACCESS.items(), ids=list(ACCESS))
def test_access_to_watch(rejected: Fair, path: str, expected: tuple[int, ...]) -> None:
    url = path.format(**rejected.bids)
    answers = [rejected.as_(who).post(url).status_code for who in WHO]
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_bidder_starts_and_stops_watch(rejected: Fair) -> None:
    wanda, path = rejected.as_("wanda"), f"/bids/{rejected.bids['wanda']}"
    assert "for 90 days" in wanda.page(path).text()
    asked = wanda.submit(path, form=BUTTON.format("/watch"), follow=True)
    assert "We compare the client’s site with your prototype until" in asked.text
    assert "Your work stays yours" not in rejected.as_("client").get(path).text
    assert "You took back your wish" in wanda.submit(path, form=BUTTON.format("/unwatch"), follow=True).text


def test_moderator_compares_both_and_asks_client(app: Flask, rejected: Fair, clock: FixedClock) -> None:
    wanda, path = rejected.as_("wanda"), f"/bids/{rejected.bids['wanda']}"
    wanda.submit(path, form=BUTTON.format("/watch"))
    with app.app_context():
        sweep(clock, START)
        watch = db.session.scalars(select(WorkWatch)).one()
        shown(watch.site, WORDS, START + DAY)
        sweep(clock, START + DAY)
    assert "looks like your prototype" in wanda.get("/inbox").text
    admin = rejected.as_("admin")
    link = admin.page("/admin/queue").css_first("main .list a[href*=reports]")
    assert link
    report = link.attributes["href"] or ""
    page = admin.page(report).text()
    for words in (
        "The rejected prototype",
        "The client’s site",
        "100 %",
        "live.example",
        "gym.example",
        "Bid of Wanda",
    ):
        assert words in page
    assert "Hide this" not in page
    admin.submit(
        report,
        {"act": "ask", "reason": "Whose work is it?", "public": "Two sites look alike."},
        form="main form:has([name=act])",
    )
    client = rejected.as_("client")
    assert "asks you about your site" in client.get("/inbox").text
    answer_decision(client, {"answer": "I bought it."})
    assert "Answered" in admin.page("/admin/queue").text()


def test_refused_watch_shows_no_success_message(app: Flask, rejected: Fair) -> None:
    with app.app_context():
        db.session.execute(delete(Fingerprint))
        db.session.commit()
    page = rejected.as_("wanda").submit(f"/bids/{rejected.bids['wanda']}", form=BUTTON.format("/watch"), follow=True)
    banner = LexborHTMLParser(page.text).css_first("section.banner:has(p)")
    assert banner is not None
    assert NO_PRINT in banner.text()
    assert ("Done" in banner.text(), "success" in (banner.attributes["class"] or "")) == (False, False)
