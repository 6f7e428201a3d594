"""A bid's thread is accessible to its client and its bidder only."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.bids.states import BidState
from marketplace.core.database import db
from marketplace.messages.models import Message
from marketplace.notifications.models import Notification
from tests.support.factories import START
from tests.support.queries import counted_queries
from tests.web.bids.conftest import Fair, reload
from tests.web.bids.test_access import WHO

pytestmark = pytest.mark.both_engines

TABLE = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "/bids/{wanda}/messages"): (303, 404, 404, 200, 200, 404, 404, 404),
    ("POST", "/bids/{wanda}/messages"): (303, 404, 404, 303, 303, 404, 404, 404),
    ("GET", "/bids/{wanda}/messages/list"): (303, 404, 404, 200, 200, 404, 404, 404),
    ("POST", "/bids/{wanda}/messages/read"): (303, 404, 404, 303, 303, 404, 404, 404),
    ("GET", "/bids/999999/messages"): (303, 404, 404, 404, 404, 404, 404, 404),
}


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(fair: Fair, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(**fair.bids)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url, {"text": "Hello"})).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))


def thread(fair: Fair) -> str:
    return f"/bids/{fair.bids['wanda']}/messages"


def test_message_reaches_the_other_side_with_a_notification(app: Flask, fair: Fair) -> None:
    fair.as_("client").submit(thread(fair), {"text": "Can staff **close** a slot? <script>x</script>"})
    page = fair.as_("wanda").get(thread(fair)).text
    assert "<strong>close</strong>" in page
    assert "<script>x" not in page
    with app.app_context():
        news = db.session.scalars(select(Notification).where(Notification.kind == "message")).one()
        assert (news.user_id, news.path) == (fair.people["wanda"], thread(fair))


def test_empty_message_is_not_sent(app: Flask, fair: Fair) -> None:
    answer = fair.as_("client").submit(thread(fair), {"text": "   "})
    assert answer.status_code == 422
    assert "Write a message." in answer.text


def test_double_click_sends_one_message(app: Flask, fair: Fair) -> None:
    browser = fair.as_("client")
    for _ in range(2):
        browser.post(thread(fair), {"text": "Once", "key": "same"})
    with app.app_context():
        assert len(db.session.scalars(select(Message)).all()) == 1


def test_messages_are_unread_until_marked_or_answered(fair: Fair) -> None:
    fair.as_("client").submit(thread(fair), {"text": "One"})
    wanda = fair.as_("wanda")
    assert "1 unread message" in wanda.get(thread(fair)).text
    wanda.post(f"{thread(fair)}/read")
    assert "unread message" not in wanda.get(thread(fair)).text
    fair.as_("client").submit(thread(fair), {"text": "Two"})
    wanda.submit(thread(fair), {"text": "An answer"})
    assert "unread message" not in wanda.get(thread(fair)).text


def test_hidden_message_keeps_its_place_without_its_text(app: Flask, fair: Fair) -> None:
    with app.app_context():
        message = Message(bid_id=fair.bids["wanda"], sender_id=fair.people["client"], text="Rude words", sent_at=START)
        message.hidden_at, message.hidden_reason = START, "Insults"
        db.session.add(message)
        db.session.commit()
    assert "Rude words" not in fair.as_("wanda").get(thread(fair)).text
    assert "Insults" in fair.as_("client").get(thread(fair)).text


def test_withdrawn_bid_takes_no_more_messages(app: Flask, fair: Fair) -> None:
    with app.app_context():
        reload(fair.bids["wanda"]).state = BidState.WITHDRAWN
        db.session.commit()
    assert "Nothing more can be written" in fair.as_("client").get(thread(fair)).text
    assert fair.as_("client").post(thread(fair), {"text": "Hello?"}).status_code == 403


def test_thread_takes_a_fixed_number_of_queries(app: Flask, fair: Fair) -> None:
    browser = fair.as_("client")

    def cost() -> int:
        with counted_queries() as statements:
            browser.get(thread(fair))
        return len(statements)

    before = cost()
    with app.app_context():
        for number in range(40):
            sender = fair.people["wanda" if number % 2 else "client"]
            db.session.add(
                Message(bid_id=fair.bids["wanda"], sender_id=sender, text="Hi", sent_at=START, read_at=START)
            )
        db.session.commit()
    assert cost() <= before + 1
    assert "Next page" in browser.get(thread(fair)).text
