"""Near-copies before a moderator: shown side by side, decided once, announced to the bidder, applied to the rank."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert, select

from marketplace.bids.models import Rescore
from marketplace.bids.services.rescoring import rescore_due
from marketplace.bids.states import BidState
from marketplace.checker.browser.view import Rendering
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.moderation.models import AuditEntry
from marketplace.prototypes.models import Prototype, Resemblance, StoredCheck
from marketplace.prototypes.originality.services import settle_review
from marketplace.prototypes.quick_check_recording import row_of
from marketplace.prototypes.services import submit_link
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.moderation import answer_decision
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload
from tests.web.bids.test_access import WHO
from tests.web.bids.test_evidence import FULL

pytestmark = pytest.mark.both_engines

WORDS = "Members of Granite Hall book a slot for the wall in three taps and pay at the desk."


@pytest.fixture
def flagged(app: Flask, fair: Fair) -> tuple[Fair, str]:
    """Wanda's prototype looks much like Bob's; the page of that near-copy."""
    out = BytesIO()
    Image.new("RGB", (1280, 800), "teal").save(out, "WEBP")
    key = app.extensions["files"].save(out.getvalue())
    with app.app_context():
        wanda, bob = (reload(fair.bids[name]).prototype for name in ("wanda", "bob"))
        assert wanda
        assert bob
        wanda.picture_key = key
        for prototype, text in ((wanda, f"Welcome. {WORDS} Ask us."), (bob, f"Hello! {WORDS.upper()} Bye.")):
            record = replace(FULL, url=prototype.url, rendering=Rendering(text=text))
            db.session.execute(insert(StoredCheck), [row_of(prototype, record, START, cause="full:submitted")])
        found = Resemblance(
            prototype_id=wanda.id, revision=1, other_id=bob.id, text_likeness=0.91, picture_likeness=None,
            found_at=START, state="flagged", explanation="",
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        settle_review(wanda)
        db.session.commit()
        return fair, f"/admin/copies/{found.id}"


def decide(fair: Fair, path: str, act: str, reason: str = "I looked at both.", who: str = "admin"):
    return fair.as_(who).submit(path, {"act": act, "reason": reason}, form="main form:has([name=act])")


def review(fair: Fair) -> str:
    return db.session.scalars(
        select(Prototype.review).where(Prototype.id == reload(fair.bids["wanda"]).prototype_id)
    ).one()


ACCESS = {
    # page                       anonymous fay  nora wanda client other suspended admin
    ("GET", "{copy}"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("POST", "{copy}"): (303, 404, 404, 404, 404, 404, 404, 422),
    ("GET", "{copy}/later"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("GET", "{copy}/earlier"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "{copy}/another"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/admin/copies/999999"): (303, 404, 404, 404, 404, 404, 404, 404),
}


@pytest.mark.parametrize(("page", "expected"), ACCESS.items(), ids=[" ".join(page) for page in ACCESS])
def test_who_gets_in(flagged: tuple[Fair, str], page: tuple[str, str], expected: tuple[int, ...]) -> None:
    fair, path = flagged
    method, url = page[0], page[1].format(copy=path)
    answers: list[int] = []
    for who in WHO:
        browser = fair.as_(who)
        with browser.get(url) if method == "GET" else browser.post(url) as answer:
            answers.append(answer.status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_both_prototypes_are_shown_with_shared_passages(flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    admin = fair.as_("admin")
    assert path in admin.get("/admin/queue").text
    page = admin.page(path)
    for words in ("live.example", "broken.example", "Bid of Wanda Works", "Bid of Bob Broken", "91 %", "Not compared"):
        assert words in page.text()
    assert page.css_first("blockquote").text() == WORDS  # pyright: ignore[reportOptionalMemberAccess]
    picture = page.css_first("main img")
    assert picture
    with admin.get(picture.attributes["src"] or "") as answer:
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("act", "state", "words"),
    [("clear", "cleared", "found nothing wrong"), ("reject", "rejected", "a copy without credit")],
)
def test_decision_is_logged_announced_and_applied_to_the_rank(
    app: Flask, clock: FixedClock, flagged: tuple[Fair, str], act: str, state: str, words: str
) -> None:
    fair, path = flagged
    clock.moment += timedelta(minutes=5)
    assert decide(fair, path, act).location == "/admin/queue"
    assert "I looked at both." in fair.as_("wanda").get("/account/moderation").text
    assert words in fair.as_("wanda").get("/inbox").text
    with app.app_context():
        assert review(fair) == state
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.before, entry.after) == (act, {"state": "flagged"}, {"state": state})
        assert db.session.scalars(select(Rescore.due_at)).one() is not None
        before = reload(fair.bids["wanda"]).score or 0
        assert rescore_due(clock.now) == 1
        assert ((reload(fair.bids["wanda"]).score or 0) < before) == (act == "reject")


def test_decision_needs_a_choice_and_a_reason(flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    answer = fair.as_("admin").submit(path, {}, form="main form:has([name=act])")
    assert answer.status_code == 422
    assert "Choose what you think of it." in answer.text
    assert "Write the reason" in answer.text


@pytest.mark.parametrize("whose", ["wanda", "bob"])
def test_admin_does_not_decide_on_own_work(app: Flask, flagged: tuple[Fair, str], whose: str) -> None:
    fair, path = flagged
    with app.app_context():
        reload(fair.bids[whose]).freelancer_id = fair.people["admin"]
        db.session.commit()
    admin = fair.as_("admin")
    assert "Another admin has to decide" in admin.get(path).text
    answer = admin.post(path, {"act": "clear", "reason": "I looked at both."})
    assert answer.status_code == 403
    assert "Another admin has to decide" in answer.text
    with app.app_context():
        assert review(fair) == "flagged"


def test_near_copy_is_decided_once(flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    admin = fair.as_("admin")
    decide(fair, path, "clear")
    assert admin.post(path, {"act": "reject", "reason": "No."}).status_code == 409
    assert "Decide and go on" not in admin.get(path).text
    assert path not in admin.get("/admin/queue").text


def test_bidder_may_appeal_once(app: Flask, clock: FixedClock, flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    decide(fair, path, "reject")
    clock.moment += timedelta(hours=1)
    answer_decision(fair.as_("wanda"), {"answer": "Bob copied me."})
    admin = fair.as_("admin")
    assert "Appealed" in admin.get("/admin/queue").text
    assert "Bob copied me." in admin.get(path).text
    clock.moment += timedelta(hours=1)
    assert decide(fair, path, "clear", "Wanda was first.", who="other admin").status_code == 303
    assert path not in admin.get("/admin/queue").text
    with app.app_context():
        assert review(fair) == "cleared"


def test_changed_link_leaves_nothing_to_decide(app: Flask, flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    with app.app_context():
        db.session.get_one(Prototype, reload(fair.bids["wanda"]).prototype_id).revision = 2
        db.session.commit()
    assert fair.as_("admin").get(path).status_code == 404


@pytest.mark.parametrize("state", [BidState.DRAFT, BidState.WITHDRAWN])
def test_unplaced_bid_stays_sealed(app: Flask, flagged: tuple[Fair, str], state: BidState) -> None:
    fair, path = flagged
    with app.app_context():
        reload(fair.bids["wanda"]).state = state
        db.session.commit()
    admin = fair.as_("admin")
    assert path not in admin.get("/admin/queue").text
    assert admin.get(path).status_code == 404


def test_copy_of_the_clients_own_site_is_named_as_such(app: Flask, flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        site = submit_link("https://today.example/", [], START)
        db.session.scalars(select(Resemblance)).one().other_id = job.current_site_id = site.id
        db.session.commit()
    assert "Current site of Cleo Client" in fair.as_("admin").page(path).text()


def test_later_credit_removes_the_flag(app: Flask, clock: FixedClock, flagged: tuple[Fair, str]) -> None:
    fair, path = flagged
    with app.app_context():
        reload(fair.bids["wanda"]).prototype_url = "https://live.example/"
        db.session.commit()
    answer = fair.as_("wanda").submit(
        f"/bids/{fair.bids['wanda']}/edit", {"credits": "Built on Bob Broken’s page, who agreed."}, form="main form"
    )
    assert answer.status_code == 303, answer.text
    assert path not in fair.as_("admin").get("/admin/queue").text
    with app.app_context():
        assert review(fair) == ""


def test_queue_takes_a_fixed_number_of_queries_for_near_copies(app: Flask, flagged: tuple[Fair, str]) -> None:
    admin = flagged[0].as_("admin")

    def cost() -> int:
        with counted_queries() as statements:
            assert admin.get("/admin/queue").status_code == 200
        return len(statements)

    before = cost()
    with app.app_context():
        client = make_user("client")
        other = db.session.scalars(select(Resemblance)).one().other_id
        for number in range(10):
            link = submit_link(f"https://{number}.example/", [], START)
            make_bid(make_job(client), make_user("freelancer"), prototype_id=link.id)
            found = Resemblance(prototype_id=link.id, revision=1, other_id=other, found_at=START, state="flagged")
            found.explanation = ""
            db.session.add(found)
        db.session.commit()
    assert cost() == before
