"""Reports, the queue, acts and answers: the person affected is told why, and every act is logged."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import models
from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.database import db
from marketplace.jobs.models import Job
from marketplace.messages.models import Message
from marketplace.moderation.models import AuditEntry, ModerationAct, Report
from marketplace.notifications.models import Notification
from tests.support.factories import START, make_job, make_user
from tests.support.moderation import answer_decision
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

TABLE = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "/report/job/{job}"): (303, 200, 200, 200, 404, 200, 403, 200),
    ("GET", "/report/bid/{wanda}"): (303, 404, 404, 404, 200, 404, 403, 200),
    ("GET", "/report/profile/{wanda_id}"): (303, 200, 200, 404, 200, 200, 403, 200),
    ("GET", "/report/message/{message}"): (303, 404, 404, 200, 404, 404, 403, 404),
    ("GET", "/report/bid/999999"): (303, 404, 404, 404, 404, 404, 403, 404),
    ("GET", "/admin/queue"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("GET", "/admin/reports/{report}"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("POST", "/admin/reports/{report}"): (303, 404, 404, 404, 404, 404, 404, 422),
    ("POST", "/admin/reports/{report}/claim"): (303, 404, 404, 404, 404, 404, 404, 303),
    ("GET", "/admin/jobs/{waiting}"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("GET", "/admin/audit"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("GET", "/moderation-log"): (200, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "/account/moderation"): (303, 200, 200, 200, 200, 200, 200, 200),
}


@pytest.fixture
def ids(app: Flask, fair: Fair) -> dict[str, int]:
    """Ids of reportable things, and of the client's report about Wanda's bid."""
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        message = Message(bid_id=fair.bids["wanda"], sender_id=fair.people["client"], text="Hello", sent_at=START)
        words = models.Testimonial(user_id=fair.people["wanda"], invited_email="c@example.com", invited_at=START)
        words.written_at, words.author_name, words.text = START, "Bo", "Very good."
        report = Report(
            reporter_id=fair.people["client"],
            subject_kind="bid",
            subject_id=fair.bids["wanda"],
            affected_id=fair.people["wanda"],
        )
        report.reason, report.text, report.created_at, report.updated_at = "copied", "A copy.", START, START
        waiting = make_job(
            db.session.get_one(User, fair.people["other client"]), state="pending_review", published_at=None
        )
        db.session.add_all([message, words, report])
        db.session.commit()
        return {
            "job": job.id, "message": message.id, "testimonial": words.id, "report": report.id, "waiting": waiting.id,
            "wanda_id": fair.people["wanda"], **fair.bids,
        }  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(fair: Fair, ids: dict[str, int], page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(**ids)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url)).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def test_each_person_reports_a_thing_once(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    nora = fair.as_("nora")
    assert (
        nora.submit(f"/report/job/{ids['job']}", {"reason": "spam", "text": "Selling shoes"}).location
        == "/report/thanks"
    )
    again = nora.submit(f"/report/job/{ids['job']}", {"reason": "spam", "text": "Selling shoes"})
    assert again.status_code == 422
    assert "reported this already" in again.text
    assert "Selling shoes" in again.text


def test_report_needs_a_reason(fair: Fair, ids: dict[str, int]) -> None:
    answer = fair.as_("nora").submit(f"/report/job/{ids['job']}", {"text": "Hm"})
    assert answer.status_code == 422
    assert "Choose what is wrong." in answer.text


def decide(fair: Fair, ids: dict[str, int], act: str, reason: str = "It breaks the rules.", who: str = "admin"):
    return fair.as_(who).submit(
        f"/admin/reports/{ids['report']}",
        {"act": act, "reason": reason, "public": "It breaks a rule."},
        form="main form:has([name=act])",
    )


def test_hiding_a_bid_tells_its_owner_why_and_hides_it_from_the_client(
    app: Flask, fair: Fair, ids: dict[str, int]
) -> None:
    assert decide(fair, ids, "hide").status_code == 303
    assert fair.as_("client").get(f"/bids/{ids['wanda']}").status_code == 410
    assert "It breaks the rules." in fair.as_("wanda").get("/account/moderation").text
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.before["hidden"], entry.after["hidden"]) == ("hide", False, True)
        assert (
            db.session.scalars(select(Notification).where(Notification.kind == "moderation")).one().user_id
            == fair.people["wanda"]
        )


def test_answer_reopens_the_report_and_the_bid_can_be_restored(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    decide(fair, ids, "hide")
    answer_decision(fair.as_("wanda"), {"answer": "It is my own template."})
    assert "Appealed" in fair.as_("admin").get("/admin/queue").text
    assert "It is my own template." in fair.as_("admin").get(f"/admin/reports/{ids['report']}").text
    assert decide(fair, ids, "restore", "The template is credited.", "other admin").status_code == 303
    assert fair.as_("client").get(f"/bids/{ids['wanda']}").status_code == 200


def test_suspended_person_can_read_and_answer_and_is_reinstated(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    decide(fair, ids, "suspend", "Asked for payment elsewhere.")
    wanda = fair.as_("wanda")
    assert "Asked for payment elsewhere." in wanda.get("/account/moderation").text
    assert wanda.get("/account/profile").status_code == 403
    assert answer_decision(wanda, {"answer": "That was a mistake."}).status_code == 303
    decide(fair, ids, "lift", "A mistake.", "other admin")
    assert fair.as_("wanda").get("/account/profile").status_code == 200


@pytest.mark.parametrize("kind", ["job", "profile", "message", "testimonial"])
def test_each_kind_of_thing_can_be_hidden_and_restored(app: Flask, fair: Fair, ids: dict[str, int], kind: str) -> None:
    subject = ids["wanda_id"] if kind == "profile" else ids[kind]
    with app.app_context():
        affected = fair.people["client"] if kind in ("job", "message") else fair.people["wanda"]
        report = Report(reporter_id=fair.people["nora"], subject_kind=kind, subject_id=subject, affected_id=affected)
        report.reason, report.created_at, report.updated_at = "spam", START, START
        db.session.add(report)
        db.session.commit()
        ids["report"] = report.id
    pages = {
        "job": f"/jobs/{fair.slug}", "profile": None, "message": f"/bids/{ids['wanda']}/messages", "testimonial": None
    }  # fmt: skip
    with app.app_context():
        slug = db.session.get_one(User, fair.people["wanda"]).slug
    path = pages[kind] or f"/people/{slug}"
    reader = fair.as_("wanda" if kind == "message" else "nora")
    shown = reader.get(path).text
    decide(fair, ids, "hide")
    hidden = reader.get(path)
    assert hidden.status_code == 410 or hidden.text != shown
    decide(fair, ids, "restore")
    assert reader.get(path).status_code == 200


def test_report_taken_by_another_admin_can_not_be_decided(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    with app.app_context():
        other = make_user("admin").id
        db.session.get_one(Report, ids["report"]).claimed_by = other
        db.session.commit()
    assert decide(fair, ids, "dismiss").status_code == 409


def test_report_changed_since_opened_can_not_be_decided(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    stale = {"act": "dismiss", "reason": "Nothing wrong", "public": "Fine.", "rule": "spam"}
    stale["seen_at"] = "2020-01-01T00:00:00+00:00"
    assert fair.as_("admin").post(f"/admin/reports/{ids['report']}", stale).status_code == 409


@pytest.mark.parametrize("act", ["dismiss", "hide", "claim"])
def test_admin_does_not_decide_report_about_themselves(app: Flask, fair: Fair, ids: dict[str, int], act: str) -> None:
    with app.app_context():
        made = db.session.get_one(Report, ids["report"])
        made.affected_id = fair.people["admin"]
        db.session.get_one(Bid, made.subject_id).freelancer_id = fair.people["admin"]
        db.session.commit()
    admin, path = fair.as_("admin"), f"/admin/reports/{ids['report']}"
    typed = {"act": act, "reason": "I am honest.", "public": "Fine.", "rule": "spam", "seen_at": START.isoformat()}
    assert "Another admin has to decide" in admin.get(path).text
    answer = admin.post(f"{path}/claim") if act == "claim" else admin.post(path, typed)
    assert answer.status_code == 403
    assert "Another admin has to decide" in answer.text
    with app.app_context():
        made = db.session.get_one(Report, ids["report"])
        assert (made.state, made.claimed_by) == ("open", None)


def test_first_job_is_approved_or_sent_back_with_a_reason(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    admin, path = fair.as_("admin"), f"/admin/jobs/{ids['waiting']}"
    assert admin.submit(path, {"act": "send_back"}).status_code == 422
    assert (
        admin.submit(path, {"act": "send_back", "reason": "Say what it is for.", "public": "Vague."}).status_code == 303
    )
    with app.app_context():
        job = db.session.get_one(Job, ids["waiting"])
        assert (job.state, job.end_reason) == ("draft", "Say what it is for.")
        job.state = "pending_review"
        db.session.commit()
    assert admin.submit(path, {"act": "approve"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Job, ids["waiting"]).state == "open"
        assert [act.act for act in db.session.scalars(select(ModerationAct).order_by(ModerationAct.id))] == [
            "send_back",
            "approve",
        ]


def test_decisions_about_others_can_not_be_answered(fair: Fair, ids: dict[str, int]) -> None:
    decide(fair, ids, "warn")
    assert fair.as_("nora").post("/account/moderation/1", {"answer": "Me too"}).status_code == 404


def test_public_log_names_nobody(fair: Fair, ids: dict[str, int]) -> None:
    decide(fair, ids, "warn", "Wanda, please credit your sources.")
    page = fair.as_("anonymous").get("/moderation-log").text
    assert "Warn" in page
    assert "Wanda" not in page


def test_lists_take_a_fixed_number_of_queries(app: Flask, fair: Fair, ids: dict[str, int]) -> None:
    admin = fair.as_("admin")

    def cost(path: str) -> int:
        with counted_queries() as statements:
            assert admin.get(path).status_code == 200
        return len(statements)

    paths = ["/admin/queue", "/admin/audit", "/moderation-log"]
    before = [cost(path) for path in paths]
    with app.app_context():
        for number in range(15):
            person = make_user("client")
            row = Report(
                reporter_id=person.id, subject_kind="job", subject_id=ids["job"], affected_id=fair.people["client"]
            )
            row.reason, row.created_at, row.updated_at = "spam", START, START
            entry = AuditEntry(
                at=START, actor_id=person.id, action="warn", subject_kind="job", subject_id=number, reason="x"
            )
            entry.before, entry.after = {}, {}
            db.session.add_all([row, entry])
        db.session.commit()
    assert [cost(path) for path in paths] == before
