"""Flags, pairs, appeals, and the pages on the rank: access, contents, and effects of decisions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.linked_accounts import link_between
from marketplace.accounts.models import KnownPair, User
from marketplace.accounts.services.signals import note_signals
from marketplace.bids.models import Bid
from marketplace.contracts.models import Award
from marketplace.core.database import db
from marketplace.moderation.models import AuditEntry, Flag, ModerationAct
from marketplace.moderation.noticing.raising import Notice, raise_flags
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

ADMINS_ONLY = (303, 404, 404, 404, 404, 404, 404)
TABLE = {
    # page                              anonymous fay nora wanda client other suspended, then admin
    ("GET", "/admin/flags/{flag}"): (*ADMINS_ONLY, 200),
    ("POST", "/admin/flags/{flag}"): (*ADMINS_ONLY, 422),
    ("GET", "/admin/flags/999999"): (*ADMINS_ONLY, 404),
    ("GET", "/admin/ranking/anomalies"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/ranking/anomalies?rule=jump&show=decided"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/ranking/anomalies?rule=%27&after=x"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/ranking/fairness"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/ranking/fairness?days=x"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/links"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/links/{wanda_id}/{bob_id}"): (*ADMINS_ONLY, 200),
    ("GET", "/admin/links/{wanda_id}/{wanda_id}"): (*ADMINS_ONLY, 404),
    ("GET", "/admin/links/{wanda_id}/999999"): (*ADMINS_ONLY, 404),
    ("POST", "/admin/links/{wanda_id}/{bob_id}"): (*ADMINS_ONLY, 422),
    ("GET", "/account/linked/{wanda_slug}"): (303, 404, 404, 404, 404, 404, 403, 404),
    ("GET", "/account/linked/{bob_slug}"): (303, 404, 404, 200, 404, 404, 403, 404),
    ("POST", "/account/linked/{bob_slug}"): (303, 404, 404, 422, 404, 404, 403, 404),
    ("GET", "/account/linked/nobody"): (303, 404, 404, 404, 404, 404, 403, 404),
}


@pytest.fixture
def ids(app: Flask, fair: Fair) -> dict[str, int | str]:
    """Wanda and Bob have used one browser, and a flag says so; another flag is an anomaly of the rank."""
    with app.app_context():
        wanda, bob = fair.people["wanda"], fair.people["bob"]
        for person in (wanda, bob):
            note_signals(person, {"device": "one"}, "s" * 40, START)
        bids = (fair.bids["wanda"], fair.bids["bob"])
        job_id = db.session.get_one(Bid, bids[0]).job_id
        raise_flags(
            [
                Notice("linked_bids", "linked", "Two bidders’ accounts are linked.", job_id, wanda, bob, bids),
                Notice("jump", "jump", "Rose from place 9 to 1.", job_id, bid_ids=bids[:1]),
            ],
            START,
        )
        db.session.commit()
        flag, jump = db.session.scalars(select(Flag.id).order_by(Flag.id)).all()
        slugs = {who: db.session.get_one(User, fair.people[who]).slug for who in ("wanda", "bob")}
        return {
            "flag": flag, "jump": jump, "wanda_id": wanda, "bob_id": bob,
            "wanda_slug": slugs["wanda"], "bob_slug": slugs["bob"],
        }  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(fair: Fair, ids: dict[str, int | str], page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(**ids)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("flag", "concerns"), [("flag", "person"), ("jump", "bid")])
def test_admin_does_not_decide_flag_about_themselves(
    app: Flask, fair: Fair, ids: dict[str, int | str], flag: str, concerns: str
) -> None:
    with app.app_context():
        admin = fair.people["admin"]
        if concerns == "person":
            db.session.get_one(Flag, ids[flag]).other_id = admin
        else:
            db.session.get_one(Bid, fair.bids["wanda"]).freelancer_id = admin
        db.session.commit()
    answer = fair.as_("admin").post(f"/admin/flags/{ids[flag]}", {"act": "fine", "reason": "I am honest."})
    assert answer.status_code == 403
    with app.app_context():
        assert db.session.get_one(Flag, ids[flag]).state == "waiting"


def test_queue_links_to_the_flag_with_its_bids_side_by_side(fair: Fair, ids: dict[str, int | str]) -> None:
    admin = fair.as_("admin")
    queue = admin.page("/admin/queue").text()
    assert "Linked accounts on one job" in queue
    assert "Rose from place" not in queue  # anomalies have a page of their own
    page = admin.page(f"/admin/flags/{ids['flag']}")
    assert [node.text() for node in page.css(".pair h3")] == ["Bid of Wanda Works", "Bid of Bob Broken"]
    assert page.css_first(f"a[href='/admin/links/{ids['wanda_id']}/{ids['bob_id']}']") is not None


def test_flag_and_its_page_take_a_fixed_number_of_queries(app: Flask, fair: Fair, ids: dict[str, int | str]) -> None:
    admin = fair.as_("admin")
    with counted_queries() as few:
        admin.get("/admin/queue")
    with app.app_context():
        client = db.session.get_one(User, fair.people["client"])
        jobs = [make_job(client) for _ in range(15)]
        notices = [
            Notice("linked_bids", f"more:{job.id}", "Linked.", job.id, make_user().id, make_user().id) for job in jobs
        ]
        raise_flags(notices, START)
        db.session.commit()
    with counted_queries() as many:
        admin.get("/admin/queue")
    assert len(many) == len(few)


def decide(fair: Fair, flag: int | str, act: str, bids: list[int] | None = None, reason: str = "Seen.") -> int:
    fields = {"act": act, "reason": reason, "bids": [str(bid) for bid in bids] if bids else None}
    return fair.as_("admin").submit(f"/admin/flags/{flag}", fields, form="main form:has([name=act])").status_code


def test_dismissing_a_flag_notifies_nobody_and_is_in_the_audit_log(
    app: Flask, fair: Fair, ids: dict[str, int | str]
) -> None:
    assert decide(fair, ids["flag"], "fine", reason="Sisters with two studios.") == 303
    with app.app_context():
        assert db.session.scalars(select(ModerationAct)).all() == []
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject_kind, entry.subject_id) == ("flag_fine", "flag", ids["flag"])
        assert (entry.before, entry.after) == ({"state": "waiting"}, {"state": "fine"})
    assert "Sisters with two studios." in fair.as_("admin").page(f"/admin/flags/{ids['flag']}").text()
    assert fair.as_("admin").post(f"/admin/flags/{ids['flag']}", {"act": "fine", "reason": "x"}).status_code == 409


def test_acting_on_chosen_bids_hides_them_and_notifies_their_bidders(
    app: Flask, fair: Fair, ids: dict[str, int | str]
) -> None:
    assert decide(fair, ids["flag"], "hide", [fair.bids["bob"]], "One bid a person.") == 303
    with app.app_context():
        states = {who: db.session.get_one(Bid, fair.bids[who]).state for who in ("wanda", "bob")}
        assert states == {"wanda": "submitted", "bob": "hidden"}
        assert [act.affected_id for act in db.session.scalars(select(ModerationAct))] == [fair.people["bob"]]
        actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["hide", "flag_hide"]


def test_acting_without_a_chosen_bid_is_an_error_and_keeps_input(fair: Fair, ids: dict[str, int | str]) -> None:
    answer = fair.as_("admin").submit(
        f"/admin/flags/{ids['flag']}", {"act": "warn", "reason": "Careful."}, form="main form:has([name=act])"
    )
    assert answer.status_code == 422
    assert "Choose the bids that this is about." in answer.text
    assert "Careful." in answer.text


def test_bids_of_another_flag_are_not_accepted(app: Flask, fair: Fair, ids: dict[str, int | str]) -> None:
    answer = fair.as_("admin").post(
        f"/admin/flags/{ids['flag']}", {"act": "hide", "reason": "x", "bids": str(fair.bids["nora"])}
    )
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.get_one(Bid, fair.bids["nora"]).state == "submitted"


def test_pair_is_marked_as_known_with_a_reason_and_unmarked(app: Flask, fair: Fair, ids: dict[str, int | str]) -> None:
    admin, url = fair.as_("admin"), f"/admin/links/{ids['bob_id']}/{ids['wanda_id']}"
    page = admin.page(url).text()
    assert "Linked: the same browser signed in to both." in page
    assert admin.submit(url, {"reason": "They share a flat.", "do": "know"}).status_code == 303
    assert "They share a flat." in admin.page(url).text()
    assert "Bob Broken" in admin.page("/admin/links").text()
    with app.app_context():
        assert link_between(fair.people["wanda"], fair.people["bob"]) is None
    assert admin.submit(url, {"reason": "They moved out.", "do": "unknow"}).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(KnownPair)).all() == []
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(one.action, one.reason) for one in entries] == [
            ("know_pair", "They share a flat."), ("unknow_pair", "They moved out.")
        ]  # fmt: skip
        assert entries[0].after["accounts"] == sorted([fair.people["wanda"], fair.people["bob"]])
    assert "Known as two people" in admin.page("/moderation-log").text()


def test_page_on_two_accounts_never_shows_a_hash(app: Flask, fair: Fair, ids: dict[str, int | str]) -> None:
    with app.app_context():
        hashes = db.session.execute(db.text("SELECT digest FROM account_signals")).scalars().all()
    for path in (f"/admin/links/{ids['wanda_id']}/{ids['bob_id']}", f"/admin/flags/{ids['flag']}"):
        text = fair.as_("admin").get(path).text
        assert not [one for one in hashes if one in text]


@pytest.mark.parametrize(("act", "links_after"), [("known", None), ("keep", "device")])
def test_appeal_reaches_a_human_and_the_decision_is_announced(
    app: Flask, fair: Fair, ids: dict[str, int | str], act: str, links_after: str | None
) -> None:
    wanda, url = fair.as_("wanda"), f"/account/linked/{ids['bob_slug']}"
    assert wanda.submit(url, {"text": "We share a studio."}).status_code == 303
    again = wanda.submit(url, {"text": "We really do."})
    assert again.status_code == 422
    assert "We really do." in again.text
    assert "You have told us already" in again.text
    with app.app_context():
        flag_id = db.session.scalars(select(Flag.id).where(Flag.rule == "appeal")).one()
    assert "We share a studio." in fair.as_("admin").page(f"/admin/flags/{flag_id}").text()
    assert decide(fair, flag_id, act, reason="I rang you both.") == 303
    decided = wanda.page("/account/moderation").text()
    assert ("Found to be two people" if act == "known" else "Accounts stay linked") in decided
    assert "I rang you both." in decided
    with app.app_context():
        assert link_between(fair.people["wanda"], fair.people["bob"]) == links_after
        assert "I rang you both." in db.session.scalars(select(AuditEntry.reason)).all()


def test_anomalies_list_their_reasons_and_filter_by_rule_and_decision(fair: Fair, ids: dict[str, int | str]) -> None:
    admin = fair.as_("admin")
    assert "Rose from place 9 to 1." in admin.page("/admin/ranking/anomalies").text()
    assert "Rose from" not in admin.page("/admin/ranking/anomalies?rule=low_winner").text()
    assert decide(fair, ids["jump"], "fine", reason="Our own backfill.") == 303
    assert "Nothing looks odd" in admin.page("/admin/ranking/anomalies").text()
    decided = admin.page("/admin/ranking/anomalies?show=decided&rule=jump").text()
    assert "Our own backfill." in decided


def test_anomaly_pages_take_a_fixed_number_of_queries(app: Flask, fair: Fair, ids: dict[str, int | str]) -> None:
    admin = fair.as_("admin")
    with counted_queries() as few:
        admin.get("/admin/ranking/anomalies")
    with app.app_context():
        client = db.session.get_one(User, fair.people["client"])
        raise_flags([Notice("jump", f"jump:{n}", f"Rose, number {n}.", make_job(client).id) for n in range(25)], START)
        db.session.commit()
    with counted_queries() as many:
        first = admin.page("/admin/ranking/anomalies")
    assert len(many) == len(few)
    assert len(first.css(".list > li")) == 20
    following = first.css_first("a[rel=next]")
    assert following is not None
    assert len(admin.page(following.attributes["href"] or "").css(".list > li")) == 6


def test_fairness_has_an_empty_state(app: Flask, fair: Fair) -> None:
    with app.app_context():
        for bid in db.session.scalars(select(Bid)):
            bid.rank = None
        db.session.commit()
    assert "No ranked bids" in fair.as_("admin").page("/admin/ranking/fairness?days=30").text()


def test_fairness_shows_figures_with_intervals_in_a_fixed_number_of_queries(app: Flask, fair: Fair) -> None:
    admin = fair.as_("admin")
    with counted_queries() as few:
        admin.get("/admin/ranking/fairness")
    with app.app_context():
        client = db.session.get_one(User, fair.people["client"])
        bidders = [make_user("freelancer") for _ in range(6)]
        terms = {"terms": [{"name": "verified", "points": 10_000}, {"name": "match", "points": 9}]}
        for _ in range(5):
            job = make_job(client)
            for rank, person in enumerate(bidders, 1):
                make_bid(job, person, rank=rank, price=1_000 * rank, terms=terms if rank == 1 else {"terms": []})
        won = make_job(client)
        award = Award(job_id=won.id, bid_id=make_bid(won, bidders[0], rank=1).id, awarded_by=client.id)
        award.awarded_at, award.price, award.currency = START, 1_000, "EUR"
        db.session.add(award)
        old = make_job(client, published_at=START - timedelta(days=60))
        make_bid(old, bidders[0], rank=1)
        db.session.commit()
    with counted_queries() as many:
        page = admin.page("/admin/ranking/fairness?days=30")
    assert len(many) == len(few)
    text = " ".join(page.text().split())
    assert "From 34 ranked bids on 7 jobs" in text
    rows = {row.css_first("th").text(): row.text() for row in page.css("table.shares tbody tr")}  # type: ignore[union-attr]
    assert "5 of 30" not in rows["No link"]
    assert "10 of 25" in " ".join(rows["No link"].split())
    assert "1 group with fewer than 10 awards is not shown, to protect" in text
