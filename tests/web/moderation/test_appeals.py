"""Appeals: another admin than the one who acted decides, finally; every answer reaches a human."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.models import User
from marketplace.accounts.services.signals import note_signals
from marketplace.bids.models import Bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.jobs.models import Attachment, Job
from marketplace.moderation.models import AuditEntry, Flag, ModerationAct, Report
from marketplace.moderation.noticing.raising import Notice, raise_flags
from marketplace.notifications.models import Notification
from marketplace.prototypes.models import Resemblance
from tests.support.factories import START, make_job
from tests.support.moderation import answer_decision
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

TYPED = {"reason": "I looked at it.", "public": "It was looked at.", "rule": "copied", "bids": []}
Case = tuple[str, str, str, str]
"""The page of the first decision, the first act, the page of the appeal, the act on it."""


def reported_bid(fair: Fair) -> Case:
    made = Report(reporter_id=fair.people["client"], subject_kind="bid", subject_id=fair.bids["wanda"])
    made.affected_id, made.reason, made.created_at, made.updated_at = fair.people["wanda"], "copied", START, START
    db.session.add(made)
    db.session.commit()
    return (f"/admin/reports/{made.id}", "hide", f"/admin/reports/{made.id}", "restore")


def near_copy(fair: Fair) -> Case:
    wanda, bob = (reload(fair.bids[who]).prototype_id for who in ("wanda", "bob"))
    found = Resemblance(prototype_id=wanda, revision=1, other_id=bob, text_likeness=0.9, found_at=START)
    found.state, found.explanation = "flagged", ""
    db.session.add(found)
    db.session.commit()
    return (f"/admin/copies/{found.id}", "reject", f"/admin/copies/{found.id}", "clear")


def flagged_bid(fair: Fair) -> Case:
    bid = reload(fair.bids["wanda"])
    notice = Notice("note_burst", "burst", "Five like notes.", bid.job_id, bid_ids=(bid.id,))
    raise_flags([notice], START)
    db.session.commit()
    return (f"/admin/flags/{db.session.scalars(select(Flag.id)).one()}", "hide", "/admin/appeals/{act}", "restore")


def linked_accounts(fair: Fair) -> Case:
    wanda, bob = fair.people["wanda"], fair.people["bob"]
    for person in (wanda, bob):
        note_signals(person, {"device": "one"}, "s" * 40, START)
    raise_flags([Notice("appeal", "appeal", "Two people.", person_id=wanda, other_id=bob, text="A studio.")], START)
    db.session.commit()
    return (f"/admin/flags/{db.session.scalars(select(Flag.id)).one()}", "keep", "/admin/appeals/{act}", "grant")


def first_job(fair: Fair) -> Case:
    job = make_job(db.session.get_one(User, fair.people["wanda"]), state="pending_review", published_at=None)
    return (f"/admin/jobs/{job.id}", "send_back", "/admin/appeals/{act}", "uphold")


CASES = [reported_bid, near_copy, flagged_bid, linked_accounts, first_job]


@pytest.fixture
def appealed(app: Flask, fair: Fair, clock: FixedClock) -> Callable[[Callable[[Fair], Case]], tuple[str, str]]:
    """Ann Admin acts, and Wanda appeals: the page of the appeal, and an act on it."""

    def make(case: Callable[[Fair], Case]) -> tuple[str, str]:
        with app.app_context():
            first, act, then, answer = case(fair)
        typed = TYPED | {"act": act, "seen_at": clock.moment.isoformat()}
        if case is flagged_bid:
            typed["bids"] = [str(fair.bids["wanda"])]
        assert fair.as_("admin").post(first, typed).status_code == 303
        clock.moment += timedelta(hours=1)
        sent = answer_decision(fair.as_("wanda"), {"answer": "It is mine."})
        assert sent.status_code == 303
        clock.moment += timedelta(hours=1)
        with app.app_context():
            made = db.session.scalars(select(ModerationAct.id).order_by(ModerationAct.id.desc())).first()
        return then.format(act=made), answer

    return make


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_appeal_against_own_act_needs_another_admin(
    app: Flask, fair: Fair, clock: FixedClock, appealed: Callable[..., tuple[str, str]], case: Callable[[Fair], Case]
) -> None:
    page, act = appealed(case)
    typed = TYPED | {"act": act, "seen_at": clock.moment.isoformat()}
    own = fair.as_("admin")
    assert "Needs another admin" in own.get(page).text
    refused = own.post(page, typed)
    assert (refused.status_code, "You made the decision" in refused.text) == (403, True)
    other = fair.as_("other admin")
    assert page in other.get("/admin/queue").text
    assert "It is mine." in other.get(page).text
    assert other.post(page, typed).status_code == 303
    assert page not in other.get("/admin/queue").text
    with app.app_context():
        decided = db.session.scalars(select(ModerationAct).order_by(ModerationAct.id.desc())).first()
        assert decided is not None
        assert (decided.actor_id, decided.decides_id) == (fair.people["other admin"], decided.id - 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_decision_on_appeal_is_final_and_announced(
    app: Flask, fair: Fair, clock: FixedClock, appealed: Callable[..., tuple[str, str]], case: Callable[[Fair], Case]
) -> None:
    page, _ = appealed(case)
    act = "reject" if case is near_copy else "uphold"
    typed = TYPED | {"act": act, "seen_at": clock.moment.isoformat()}
    assert fair.as_("other admin").post(page, typed).status_code == 303
    wanda = fair.as_("wanda")
    told = wanda.page("/account/moderation")
    assert "This was the answer to your appeal. It is final." in told.text()
    assert told.css_first("main form") is None
    with app.app_context():
        newest = db.session.scalars(select(ModerationAct.id).order_by(ModerationAct.id.desc())).first()
    assert wanda.post(f"/account/moderation/{newest}", {"answer": "No!"}).status_code == 409
    stands = "a copy without credit" if case is near_copy else "stands"
    assert stands in wanda.get("/inbox").text


def test_granted_appeal_reverses_the_act(app: Flask, fair: Fair, appealed: Callable[..., tuple[str, str]]) -> None:
    page, _ = appealed(linked_accounts)
    assert fair.as_("other admin").post(page, TYPED | {"act": "grant"}).status_code == 303
    with app.app_context():
        assert link_between(fair.people["wanda"], fair.people["bob"]) is None
        assert db.session.scalars(select(Flag.state)).one() == "fine"


def test_appeal_is_decided_once(fair: Fair, appealed: Callable[..., tuple[str, str]]) -> None:
    page, act = appealed(flagged_bid)
    other = fair.as_("other admin")
    assert other.post(page, TYPED | {"act": act}).status_code == 303
    assert other.post(page, TYPED | {"act": "uphold"}).status_code == 404


def test_admin_who_asked_may_continue_after_the_answer(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        page, _, then, _ = flagged_bid(fair)
    ann = fair.as_("admin")
    assert ann.post(page, TYPED | {"act": "ask", "bids": [str(fair.bids["wanda"])]}).status_code == 303
    answer_decision(fair.as_("wanda"), {"answer": "My own words."})
    with app.app_context():
        answered = then.format(act=db.session.scalars(select(ModerationAct.id)).one())
    assert ann.post(answered, TYPED | {"act": "hide"}).status_code == 303
    assert "Appeal: another admin" in fair.as_("wanda").get("/account/moderation").text


def test_admin_who_relinked_accounts_does_not_decide_their_appeal(app: Flask, fair: Fair, clock: FixedClock) -> None:
    with app.app_context():
        page, *_ = linked_accounts(fair)
    ann, pair = fair.as_("admin"), f"/admin/links/{fair.people['wanda']}/{fair.people['bob']}"
    ann.submit(pair, {"reason": "A flat.", "do": "know"})
    ann.submit(pair, {"reason": "They moved.", "do": "unknow"})
    assert ann.post(page, {"act": "keep", "reason": "No."}).status_code == 403
    assert fair.as_("other admin").post(page, {"act": "keep", "reason": "No."}).status_code == 303


@pytest.mark.parametrize("do", ["know", "unknow"])
def test_admin_can_not_mark_own_second_account_as_another_person(app: Flask, fair: Fair, do: str) -> None:
    pair = f"/admin/links/{fair.people['admin']}/{fair.people['bob']}"
    if do == "unknow":
        fair.as_("other admin").submit(pair, {"reason": "A flat.", "do": "know"})
    answer = fair.as_("admin").post(pair, {"reason": "Me.", "do": do})
    assert (answer.status_code, "Another admin has to decide" in answer.text) == (403, True)


def test_only_admin_is_warned_before_the_first_appeal(app: Flask, fair: Fair) -> None:
    assert "You are the only admin" not in fair.as_("admin").get("/admin/queue").text
    with app.app_context():
        db.session.get_one(User, fair.people["other admin"]).suspended_at = START
        db.session.commit()
    page = fair.as_("admin").page("/admin/queue")
    assert "You are the only admin" in page.text()
    assert page.css_first("section a[href='/admin/admins']") is not None


ADMIN_PAGES = {
    # page                                  anonymous fay nora wanda client other suspended, then admin
    ("GET", "/admin/admins"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("POST", "/admin/admins"): (303, 404, 404, 404, 404, 404, 404, 422),
    ("GET", "/admin/admins/{wanda}/make"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("POST", "/admin/admins/{wanda}/make"): (303, 404, 404, 404, 404, 404, 404, 422),
    ("GET", "/admin/admins/nobody/make"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("POST", "/admin/admins/{bea}/remove"): (303, 404, 404, 404, 404, 404, 404, 422),
    ("GET", "/admin/appeals/1"): (303, 404, 404, 404, 404, 404, 404, 404),
}


@pytest.mark.parametrize(("page", "expected"), ADMIN_PAGES.items(), ids=[" ".join(page) for page in ADMIN_PAGES])
def test_who_gets_in(app: Flask, fair: Fair, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    with app.app_context():
        slugs = {who: db.session.get_one(User, fair.people[who]).slug for who in ("wanda", "other admin")}
    url = page[1].format(wanda=slugs["wanda"], bea=slugs["other admin"])
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if page[0] == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_admin_adds_another_after_confirmation_page(app: Flask, fair: Fair) -> None:
    with app.app_context():
        address = db.session.get_one(User, fair.people["nora"]).email
    ann = fair.as_("admin")
    asked = ann.submit("/admin/admins", {"email": f" {address.upper()} "})
    assert "rules on held money" in ann.get(asked.location).text
    assert fair.as_("nora").get("/admin/queue").status_code == 404
    assert ann.submit(asked.location, {"reason": "We need two."}).location == "/admin/admins"
    assert fair.as_("nora").get("/admin/queue").status_code == 200
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.after, entry.actor_id) == ("make_admin", {"admin": True}, fair.people["admin"])
        told = set(db.session.scalars(select(Notification.user_id)))
        assert told == {fair.people["nora"], fair.people["other admin"]}


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("nobody@example.com", "Nobody with this address"),
        ("suspended", "suspended"),
        ("other admin", "an admin’s already"),
        ("", "Enter their e-mail address."),
    ],
)
def test_who_can_not_become_an_admin(app: Flask, fair: Fair, address: str, why: str) -> None:
    with app.app_context():
        person = db.session.get(User, fair.people.get(address, 0))
        typed = person.email if person else address
    answer = fair.as_("admin").submit("/admin/admins", {"email": typed})
    assert (answer.status_code, why in answer.text) == (422, True)


def test_admin_is_removed_by_another_and_never_by_themselves(app: Flask, fair: Fair) -> None:
    with app.app_context():
        ann, bea = (db.session.get_one(User, fair.people[who]).slug for who in ("admin", "other admin"))
    browser = fair.as_("admin")
    assert browser.post(f"/admin/admins/{ann}/remove", {"reason": "Tired."}).status_code == 403
    assert browser.submit(f"/admin/admins/{bea}/remove", {"reason": "Left us."}).status_code == 303
    assert fair.as_("other admin").get("/admin/queue").status_code == 404
    assert browser.post(f"/admin/admins/{bea}/remove", {"reason": "Left us."}).status_code == 409


def test_queue_takes_a_fixed_number_of_queries_for_any_number_of_appeals(app: Flask, fair: Fair) -> None:
    ann = fair.as_("other admin")

    def cost() -> int:
        with counted_queries() as statements:
            assert ann.get("/admin/queue").status_code == 200
        return len(statements)

    def appeal(who: str) -> None:
        act = ModerationAct(actor_id=fair.people["admin"], affected_id=fair.people[who], act="warn", reason="x")
        act.subject_kind, act.subject_id, act.created_at = "bid", fair.bids["wanda"], START
        act.answered_at, act.answer = START, "No."
        db.session.add(act)
        db.session.commit()

    with app.app_context():
        appeal("wanda")
    few = cost()
    with app.app_context():
        for who in ("bob", "nora", "fay", "client"):
            appeal(who)
    assert cost() == few


def test_first_job_is_reviewed_as_bidders_will_see_it(app: Flask, fair: Fair) -> None:
    with app.app_context():
        client = db.session.get_one(User, fair.people["other client"])
        lines = [("page", "/prices"), ("free", "It feels friendly")]
        fields = {"current_site": "https://gym.example/", "requires_prototype": True, "pool_amount": 20_000}
        job = make_job(client, requirements=lines, skills=("css",), state="pending_review", **fields)
        job.attachments = [Attachment(filename="plan.pdf", media_type="application/pdf", size=9, file_key="k")]
        db.session.commit()
        job_id, slug = job.id, job.slug
    admin = fair.as_("admin")
    review, shown = admin.page(f"/admin/jobs/{job_id}"), admin.page(f"/jobs/{slug}")
    for part in (".with-aside article", ".with-aside section.card:has(#terms)", "section:has(#client-title)"):
        seen, wanted = (page.css_first(part) for page in (review, shown))
        assert seen is not None
        assert wanted is not None
        assert seen.text(separator=" ").split() == wanted.text(separator=" ").split()
    text = review.text()
    for words in ("/prices", "It feels friendly", "https://gym.example/", "css", "plan.pdf", "Participation pool"):
        assert words in text
    with app.app_context():
        assert db.session.get_one(Job, job_id).state == "pending_review"


def test_hidden_bid_is_restored_when_its_appeal_is_granted(
    app: Flask, fair: Fair, appealed: Callable[..., tuple[str, str]]
) -> None:
    page, act = appealed(flagged_bid)
    with app.app_context():
        assert db.session.get_one(Bid, fair.bids["wanda"]).state == "hidden"
    fair.as_("other admin").post(page, TYPED | {"act": act})
    with app.app_context():
        assert db.session.get_one(Bid, fair.bids["wanda"]).state == "submitted"
