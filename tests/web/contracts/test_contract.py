"""A contract in the browser, from the award to the last release."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.services.sweeping import do_due
from marketplace.contracts.states import Owed
from marketplace.core import submissions
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.outbox import OutgoingMail
from marketplace.jobs.models import Job
from marketplace.notifications.models import Notification
from marketplace.payments.models import Charge
from marketplace.payments.services.charging import settle_charge
from tests.support.contracts import make_offer, sign_both
from tests.support.factories import START, make_bid, make_job, make_user
from tests.support.looks import check_quickly
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair
from tests.web.contracts.conftest import Deal

pytestmark = pytest.mark.both_engines

EVERYTHING = [str(one) for one in Owed]
NAMES = {"client": "Cleo Client", "wanda": "Wanda Works"}


def news_of(app: Flask, person: int) -> list[str]:
    with app.app_context():
        mine = select(Notification.subject).where(Notification.user_id == person).order_by(Notification.id)
        return list(db.session.scalars(mine))


def test_award_to_release(app: Flask, fair: Fair) -> None:
    client, wanda = fair.as_("client"), fair.as_("wanda")
    done = client.submit(f"/bids/{fair.bids['wanda']}/award", follow=True)
    assert "Go to the contract" in done.text
    path = client.page("/contracts").css_first("main .list a").attributes["href"] or ""
    for browser, name in ((client, NAMES["client"]), (wanda, NAMES["wanda"])):
        assert "Your turn" in browser.page(path).text() or browser is client
        browser.submit(f"{path}/sign", {"name": name})
    assert "Pay €2,900" in client.page(path).text()
    step = client.page(path).css_first("#turn ~ p a.primary").attributes["href"].removesuffix("/fund")
    answer = client.submit(f"{step}/fund")
    assert (answer.status_code, answer.location[:5]) == (303, "/pay/")
    with app.app_context():
        settle_charge(db.session.scalars(select(Charge)).one(), "succeeded", START)
        db.session.commit()
    assert "Money held" in wanda.page(path).text()
    wanda.submit(f"{step}/submit", {"words": "All is done."})
    client.submit(f"{step}/changes", {"reasons": "The prices are old."})
    assert "The prices are old." in wanda.page(path).text()
    wanda.submit(f"{step}/submit", {"words": "New prices."})
    answer = client.submit(f"{step}/approve", {"without": EVERYTHING}, follow=True)
    assert "the money is released" in answer.text
    assert "Completed" in wanda.page(path).text()
    with app.app_context():
        assert db.session.scalars(select(Job.state)).one() == "completed"
    news = [subject for subject in news_of(app, fair.people["wanda"]) if "review" not in subject.lower()]
    assert "Release by silence is paused" in str(news)  # nothing has been handed over
    told = [subject for subject in news if not subject.startswith("Release")]
    assert [subject.split(" ")[0] for subject in told][-4:] == ["Booking", "Changes", "Money", "Booking"]


@pytest.mark.parametrize("act", ["fund", "submit", "changes", "approve"])
def test_double_click_acts_once_and_shows_same_page(deal: Deal, act: str) -> None:
    who = "wanda" if act == "submit" else "client"
    typed = {"submit": {"words": "Done."}, "changes": {"reasons": "More."}, "approve": {"without": EVERYTHING}}
    fields = typed.get(act, {})
    if act != "fund":
        deal.pay()
    if act in ("changes", "approve"):
        deal.hand_in()
    browser = deal.fair.as_(who)
    key = browser.page(f"{deal.step}/{act}").css_first("main input[name=key]").attributes["value"]
    answers = [browser.post(f"{deal.step}/{act}", {"key": key, **fields}) for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[0].location == answers[1].location


def test_typed_text_is_kept_when_something_is_missing(deal: Deal) -> None:
    deal.pay()
    answer = deal.fair.as_("wanda").submit(f"{deal.step}/submit", {"words": "Live now", "url": "ftp://client.example"})
    assert answer.status_code == 422
    assert "Live now" in answer.text
    assert "Enter a link that starts with https://" in answer.text
    answer = deal.fair.as_("wanda").submit(f"{deal.step}/submit", {"words": ""})
    assert (answer.status_code, "Say in a sentence what is done." in answer.text) == (422, True)


def test_freelancer_sees_net_amount_before_committing(offer: Deal) -> None:
    wanda = offer.fair.as_("wanda")
    assert "a fee of 5% of what is released" in wanda.page(f"{offer.path}/sign").text()
    with offer.app.app_context():
        sign_both(db.session.get_one(Contract, offer.contract))
    assert "You get €2,755, after our fee of 5%" in offer.pay().fair.as_("wanda").page(f"{offer.step}/submit").text()


def test_wrong_name_does_not_sign(offer: Deal) -> None:
    answer = offer.fair.as_("wanda").submit(f"{offer.path}/sign", {"name": "Wanda"})
    assert (answer.status_code, "Type your name as on your account: Wanda Works" in answer.text) == (422, True)
    assert offer.state()[0] == "offered"


def test_terms_changed_while_signing_are_shown_again(offer: Deal) -> None:
    answer = offer.fair.as_("wanda").post(f"{offer.path}/sign", {"name": "Wanda Works", "version": "7"})
    assert (answer.status_code, "The terms have changed since you opened this page" in answer.text) == (409, True)


def test_declined_offer_revives_and_notifies_other_bidders(app: Flask, offer: Deal) -> None:
    offer.fair.as_("wanda").submit(f"{offer.path}/withdraw", {"reason": "I am ill."})
    assert offer.state()[0] == "cancelled"
    assert news_of(app, offer.fair.people["nora"])[-1] == "Your bid on Booking site for a climbing gym stands again"
    page = offer.fair.as_("client").page(f"/jobs/{offer.fair.slug}/bids")
    assert len(page.css("li.evidence")) == 2
    assert offer.fair.as_("client").submit(f"/bids/{offer.fair.bids['nora']}/award").status_code == 303


def test_terms_are_proposed_by_row_and_accepted(deal: Deal) -> None:
    client, wanda = deal.fair.as_("client"), deal.fair.as_("wanda")
    rows = {"steps-0-title": "Design", "steps-0-amount": "900", "steps-1-title": "Build", "steps-1-amount": "2000"}
    more = wanda.submit(f"{deal.path}/terms", {**rows, "do": "add"})
    assert 'id="steps-2-title"' in more.text
    assert "Design" in more.text
    wrong = wanda.submit(f"{deal.path}/terms", {**rows, "steps-1-amount": "lots", "do": "propose"})
    assert (wrong.status_code, "Milestone 2: Enter an amount in numbers" in wrong.text) == (422, True)
    wanda.submit(f"{deal.path}/terms", {**rows, "do": "propose"})
    page = client.page(f"{deal.path}/proposals/2")
    assert "€900" in page.text()
    client.submit(f"{deal.path}/proposals/2", form="main form[action$=agree]")
    text = client.page(deal.path).text()
    assert "2 milestones" not in text
    assert "Pay €900" in text


def test_second_click_waiting_for_first_shows_its_result(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    client, sent = deal.fair.as_("client"), {"key": "one", "held_to": "client", "reason": "Our plans changed."}
    first = client.post(f"{deal.path}/end", sent)
    looked, look = [], submissions.earlier_result

    def too_early(user_id: int, key: str) -> str | None:
        looked.append(key)
        return look(user_id, key) if len(looked) > 1 else None

    monkeypatch.setattr(submissions, "earlier_result", too_early)
    second = client.post(f"{deal.path}/end", sent)
    assert (second.status_code, second.location) == (303, first.location)


def test_full_form_gets_no_more_rows(deal: Deal) -> None:
    lines = {f"steps-{at}-title": f"Part {at}" for at in range(12)}
    answer = deal.fair.as_("wanda").post(f"{deal.path}/terms", {**lines, "do": "add"})
    assert answer.status_code == 200
    assert 'id="steps-11-title"' in answer.text
    assert 'id="steps-12-title"' not in answer.text


def test_too_long_form_key_is_refused(deal: Deal) -> None:
    deal.fair.as_("client").submit(f"{deal.path}/end", {"reason": "Our plans changed."})
    answer = deal.fair.as_("wanda").post(f"{deal.path}/proposals/2/decline", {"key": "k" * 65})
    assert answer.status_code == 422
    assert "Open it again" in answer.text


def test_second_proposal_is_refused_with_text_kept(deal: Deal) -> None:
    client, wanda = deal.fair.as_("client"), deal.fair.as_("wanda")
    client.submit(f"{deal.path}/end", {"reason": "Our plans changed."})
    lines = {"steps-0-title": "Design", "steps-0-amount": "900"}
    late = wanda.post(f"{deal.path}/terms", {**lines, "amendment": "And a page for prices.", "do": "propose"})
    assert (late.status_code, "A proposal is open already" in late.text) == (409, True)
    assert "And a page for prices." in late.text
    end = wanda.post(f"{deal.path}/end", {"held_to": "client", "reason": "It takes too long."})
    assert (end.status_code, "A proposal is open already" in end.text) == (409, True)
    assert "It takes too long." in end.text


def test_running_contract_is_ended_by_both(deal: Deal) -> None:
    deal.pay()
    client, wanda = deal.fair.as_("client"), deal.fair.as_("wanda")
    missing = client.submit(f"{deal.path}/end", {"reason": "Our plans changed."})
    assert (missing.status_code, "Say who gets the money" in missing.text) == (422, True)
    client.submit(f"{deal.path}/end", {"reason": "Our plans changed.", "held_to": "client"})
    assert "€2,900" in wanda.page(f"{deal.path}/proposals/2").text()
    wanda.submit(f"{deal.path}/proposals/2", form="main form[action$=agree]")
    assert deal.state() == ("cancelled", "refunded")


def test_reminders_are_mailed_and_money_is_auto_released(app: Flask, deal: Deal, clock: FixedClock) -> None:
    deal.hand_in()
    for days in (4, 6, 6.5, 7):
        clock.moment = START + timedelta(days=days)
        with app.app_context():
            while do_due(clock.now):
                pass
    assert deal.state() == ("completed", "auto_released")
    with app.app_context():
        mails = db.session.scalars(select(OutgoingMail.subject).where(OutgoingMail.subject.startswith("Decide on")))
        assert len(list(mails)) == 3
    subjects = news_of(app, deal.fair.people["client"])
    assert "Money for Booking site for a climbing gym is released" in subjects


def test_secret_is_read_once_and_never_stored_in_plain(app: Flask, deal: Deal) -> None:
    wanda, client = deal.fair.as_("wanda"), deal.fair.as_("client")
    wanda.submit(f"{deal.path}/secrets/new", {"label": "Hosting", "text": "open sesame"})
    with app.app_context():
        table = db.metadata.tables["one_time_secrets"]
        (stored,) = db.session.scalars(select(table.c.ciphertext))
        assert b"open sesame" not in stored
    assert "open sesame" not in client.page(deal.path).text()
    assert wanda.post(f"{deal.path}/secrets/1").status_code == 403
    answer = client.submit(f"{deal.path}/secrets/1")
    assert (answer.status_code, "open sesame" in answer.text) == (200, True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.post(f"{deal.path}/secrets/1").status_code == 409
    assert "deleted" in client.page(deal.path).text()


def test_source_and_licence_are_handed_over_as_text(deal: Deal) -> None:
    deal.fair.as_("wanda").submit(f"{deal.path}/handover/source", {"given": "https://git.example/gym"})
    assert "https://git.example/gym" in deal.fair.as_("client").page(deal.path).text()


def test_pdf_matches_page(deal: Deal) -> None:
    answer = deal.fair.as_("client").get(f"{deal.path}/contract.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert BytesIO(answer.data).read(5) == b"%PDF-"


def test_calendar_contains_future_deadlines(deal: Deal) -> None:
    deal.hand_in()
    text = deal.fair.as_("wanda").get(f"{deal.path}/calendar.ics").text
    assert "BEGIN:VCALENDAR" in text
    assert "DTSTART:20261201T090000Z" in text
    assert "Silence releases the money" in text.replace("\r\n ", "")


def test_dashboard_says_whose_turn_it_is(deal: Deal) -> None:
    assert "Pay for “The whole work”" in deal.fair.as_("client").page("/me").text()
    assert "The whole work" not in deal.fair.as_("wanda").page("/me").text()


def test_list_query_count_does_not_grow_with_contracts(app: Flask, deal: Deal) -> None:
    client = deal.fair.as_("client")
    with counted_queries() as few:
        client.page("/contracts")
    with app.app_context():
        owner = db.session.get_one(Job, 1).client
        for number in range(21):
            make_offer(make_bid(make_job(owner), make_user("freelancer", name=f"Number {number}")))
    with counted_queries() as many:
        page = client.page("/contracts")
    assert len(page.css("main .list > li")) == 20
    assert len(many) == len(few) <= 12
    assert page.css_first("a[rel=next]") is not None
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Milestone)) == 22


def test_client_sees_domain_token_once_both_signed(deal: Deal) -> None:
    with deal.app.app_context():
        token = db.session.get_one(Contract, deal.contract).token
    assert token in deal.fair.as_("client").get(deal.path).text
    assert token not in deal.fair.as_("wanda").get(deal.path).text
    assert token not in deal.fair.as_("admin").get(deal.path).text


def test_domain_token_is_hidden_before_signatures(offer: Deal) -> None:
    with offer.app.app_context():
        token = db.session.get_one(Contract, offer.contract).token
    assert token not in offer.fair.as_("client").get(offer.path).text


def test_unproven_promise_is_shown_as_not_measured(deal: Deal) -> None:
    deal.pay().hand_in(url="https://gym.example/")
    with deal.app.app_context():
        milestone = db.session.get_one(Milestone, deal.milestone)
        check_quickly(milestone.production, START)
        milestone.live_at = START
        db.session.commit()
    for path in (deal.path, f"{deal.step}/live"):
        text = " ".join(deal.fair.as_("wanda").page(path).text().split())
        assert "Promise not measured" in text
        assert "Measured from the payment on 24 November 2026, 09:00 UTC to the first check that found a page" in text
        assert "The client’s code was not found" in text


@pytest.mark.parametrize(
    ("who", "page"), [("client", "approve"), ("client", "changes"), ("wanda", "submit"), ("client", "sign")]
)
def test_outdated_page_links_to_contract(deal: Deal, who: str, page: str) -> None:
    path = f"{deal.path}/sign" if page == "sign" else f"{deal.step}/{page}"
    refused = deal.fair.as_(who).get(path)
    assert refused.status_code == 409
    assert f'href="{deal.path}"' in refused.text
