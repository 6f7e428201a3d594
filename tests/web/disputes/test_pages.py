"""Dispute pages for both sides and an admin, without JavaScript."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.disputes.services.sweeping import do_due
from marketplace.messages.services import send_message
from tests.support.disputes import REASONS, answered, appealed, ruled
from tests.support.factories import START, make_user
from tests.support.queries import counted_queries
from tests.web.contracts.conftest import Deal
from tests.web.disputes.conftest import Case

pytestmark = pytest.mark.both_engines

OTHER_FORM = "main form[action$={}]"
ADD_FILE = "main button[formaction$=files]"


def test_page_explains_dispute_before_opening(deal: Deal) -> None:
    client = deal.pay().fair.as_("client")
    assert "Open a dispute" in client.page(deal.path).text()
    words = client.page(f"{deal.step}/dispute").text()
    for said in ("frozen", "7 days to answer", "costs nothing", "final"):
        assert said in words
    answer = client.submit(f"{deal.step}/dispute", {"words": "It is late."})
    assert answer.status_code == 303
    page = client.page(answer.location).text()
    assert "Waiting for Wanda Works to answer" in page
    assert deal.state() == ("disputed", "disputed")
    assert "opened a dispute" in deal.fair.as_("wanda").get("/inbox").text
    assert "opened a dispute" not in client.get("/inbox").text


def test_double_click_opens_one_dispute(deal: Deal) -> None:
    client = deal.pay().fair.as_("client")
    sent = {"words": "It is late.", "key": "the-same"}
    first, second = (client.post(f"{deal.step}/dispute", sent) for _ in range(2))
    assert (first.status_code, second.location) == (303, first.location)


@pytest.mark.parametrize(
    ("path", "fields", "kept"),
    [
        ("{path}/statements", {"words": "x" * 5_001}, "x" * 5_001),
        ("{path}/split", {"to_freelancer": "lots", "words": "Let us part."}, "Let us part."),
        ("{path}/split", {"to_freelancer": "9999", "words": "All of it."}, "9999"),
    ],
)
def test_typed_text_is_kept(case: Case, path: str, fields: dict[str, str], kept: str) -> None:
    answer = case.deal.fair.as_("wanda").post(path.format(path=case.path), fields)
    assert answer.status_code == 422
    assert kept in answer.text
    assert "There is a problem" in answer.text


def test_refused_ruling_keeps_typed_text(case: Case) -> None:
    with case.deal.app.app_context():
        answered(case.load())
    admin = case.deal.fair.as_("admin")
    sent = {"outcome": "split", "to_freelancer": "2900", "reasons": "Both have a point in this."}
    answer = admin.submit(f"/admin{case.path}/rule", sent)
    assert answer.status_code == 422
    assert "Both have a point in this." in answer.text
    assert "each side gets a part" in answer.text


def test_both_sides_argue_upload_files_and_split(case: Case) -> None:
    wanda, client = case.deal.fair.as_("wanda"), case.deal.fair.as_("client")
    said = wanda.submit(case.path, {"words": "It is **all** there."}, form=OTHER_FORM.format("statements"), follow=True)
    assert "<strong>all</strong>" in said.text
    brought = wanda.press(case.path, ADD_FILE, {"file": (io.BytesIO(b"\x89PNG no picture"), "a.png")})
    assert brought.status_code == 422
    file = (io.BytesIO(b"Delivered on Monday."), "proof.txt")
    wanda.press(case.path, ADD_FILE, {"file": file})
    link = client.page(case.path).css_first("main a[download]")
    assert link
    with client.get(link.attributes["href"] or "") as download:
        assert (download.data, download.mimetype) == (b"Delivered on Monday.", "text/plain")
        assert "attachment" in download.headers["Content-Disposition"]
    wanda.submit(f"{case.path}/split", {"to_freelancer": "2000", "words": "Fair?"})
    with case.deal.app.app_context():
        proposal = case.load().proposals[0].id
    page = client.page(f"{case.path}/split/{proposal}").text()
    assert "€2,000" in page
    assert "€900" in page
    client.submit(f"{case.path}/split/{proposal}")
    assert "Settled by both" in wanda.page(case.path).text()
    assert case.deal.state() == ("completed", "split")
    assert "is settled" in wanda.get("/inbox").text


def test_dashboard_lists_disputes_awaiting_answer(case: Case) -> None:
    wanda, client, split = case.deal.fair.as_("wanda"), case.deal.fair.as_("client"), "Answer the split"
    assert "Tell your side until" in wanda.page("/me").text()
    assert "Dispute on" not in client.page("/me").text()
    wanda.submit(f"{case.path}/split", {"to_freelancer": "2000", "words": "Fair?"})
    assert split in client.page("/me").text()
    assert split not in wanda.page("/me").text()
    with case.deal.app.app_context():
        proposal = case.load().proposals[0].id
    client.submit(f"{case.path}/split/{proposal}")
    assert "Dispute on" not in client.page("/me").text()


def test_too_long_form_key_is_refused(case: Case) -> None:
    case.deal.fair.as_("wanda").submit(f"{case.path}/split", {"to_freelancer": "2000", "words": "Fair?"})
    with case.deal.app.app_context():
        proposal = case.load().proposals[0].id
    answer = case.deal.fair.as_("client").post(f"{case.path}/split/{proposal}/decline", {"key": "k" * 65})
    assert (answer.status_code, "Open it again" in answer.text) == (422, True)


def test_ruling_appeal_and_final_ruling_by_another_admin(case: Case) -> None:
    fair = case.deal.fair
    with case.deal.app.app_context():
        answered(case.load())
        fair.people["bea"] = make_user("admin", name="Bea Admin").id
    admin, bea = fair.as_("admin"), fair.as_("bea")
    assert "1 dispute waits" in admin.page("/admin/queue").text()
    admin.submit(f"/admin{case.path}/rule", {"outcome": "release", "reasons": REASONS})
    page = fair.as_("client").page(case.path).text()
    assert REASONS in page
    assert "Ann Admin" not in page
    fair.as_("client").submit(f"{case.path}/appeal", {"words": "The prices are missing."})
    assert admin.get(f"/admin{case.path}/rule").status_code == 403
    assert "Another admin has to rule on this one" in admin.page("/admin/disputes").text()
    bea.submit(f"/admin{case.path}/rule", {"outcome": "refund", "reasons": REASONS + " The prices are missing."})
    assert "The ruling is final" in fair.as_("wanda").page(case.path).text()
    assert case.deal.state() == ("cancelled", "refunded")
    assert "Ruled on appeal" in admin.get("/admin/audit?kind=dispute").text
    assert "Ruled on appeal" in fair.as_("anonymous").get("/moderation-log").text


def test_ruling_on_outdated_state_is_refused_with_reasons_kept(case: Case, clock: FixedClock) -> None:
    with case.deal.app.app_context():
        answered(case.load())
    fair = case.deal.fair
    seen = (clock.moment - timedelta(minutes=1)).isoformat()
    sent = {"outcome": "release", "reasons": REASONS, "seen_at": seen}
    answer = fair.as_("admin").post(f"/admin{case.path}/rule", sent)
    assert (answer.status_code, "There is a problem" in answer.text, REASONS in answer.text) == (409, True, True)
    assert 'checked id="outcome-0"' in answer.text
    assert seen not in answer.text  # the admin may resend after seeing what is new


def test_suspended_side_may_answer(case: Case) -> None:
    with case.deal.app.app_context():
        db.session.get_one(User, case.deal.fair.people["wanda"]).suspended_at = START
        db.session.commit()
    wanda = case.deal.fair.as_("wanda")
    wanda.submit(case.path, {"words": "It is all there."}, form=OTHER_FORM.format("statements"))
    assert "Waiting for an admin’s ruling" in wanda.page(case.path).text()


def test_missing_answer_and_final_ruling_are_notified_to_both(case: Case, clock: FixedClock) -> None:
    with case.deal.app.app_context():
        clock.moment += timedelta(days=7)
        do_due(clock.now)
        ruled(case.load(), now=clock.moment)
        clock.moment += timedelta(days=7)
        do_due(clock.now)
    for who in ("client", "wanda"):
        news = case.deal.fair.as_(who).get("/inbox").text
        for words in ("Nobody answered in the dispute", "An admin ruled on", "The ruling on"):
            assert words in news, (who, words)
    assert case.deal.state() == ("completed", "released")


def test_deadline_is_calendar_event(case: Case) -> None:
    client = case.deal.fair.as_("client")
    assert "Last moment to answer the dispute" in client.get(f"{case.path}/calendar.ics").text
    with case.deal.app.app_context():
        answered(case.load())
    assert "VEVENT" not in client.get(f"{case.path}/calendar.ics").text


def test_evidence_is_collected_automatically(case: Case) -> None:
    with case.deal.app.app_context():
        wanda, bid = db.session.get_one(User, case.deal.fair.people["wanda"]), case.deal.fair.bids["wanda"]
        send_message(db.session.get_one(Bid, bid), wanda, "The prices come on Friday.", START)
        appealed(ruled(answered(case.load())))
    client = case.deal.fair.as_("client")
    page = client.page(f"{case.path}/evidence").text()
    for words in ("Members book a slot", "opened a dispute", "The prices come on Friday.", "What happened when"):
        assert words in page
    with client.get(f"{case.path}/evidence.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = archive.namelist()
    assert {"index.html", "contract.pdf", "dispute.json", "contract.json", "messages.json", "SHA256SUMS"} <= set(names)
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    told = json.loads(archive.read("dispute.json"))
    assert [one["kind"] for one in told["statements"]] == ["opening", "statement", "appeal"]
    assert told["rulings"][0]["reasons"] == REASONS
    contract = archive.read("contract.json").decode()
    with case.deal.app.app_context():
        secrets = case.load().milestone.contract.token, case.load().milestone.contract.client.email
    assert not [secret for secret in secrets if secret in contract + archive.read("index.html").decode()]


def test_packing_twice_gives_same_bytes(case: Case) -> None:
    packs = []
    for who in ("client", "admin"):
        with case.deal.fair.as_(who).get(f"{case.path}/evidence.zip") as answer:
            packs.append(answer.data)
    assert packs[0] == packs[1]


def test_admin_queue_query_count_is_constant(case: Case) -> None:
    with case.deal.app.app_context():
        answered(case.load())
    admin = case.deal.fair.as_("admin")
    admin.get("/admin/disputes")
    with counted_queries() as statements:
        admin.get("/admin/disputes")
    assert len(statements) <= 7
