"""A button beside a typed text loses none of it: the text is sent along and restored, with or without scripts."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from marketplace.core.database import db
from marketplace.messages.models import Message
from tests.support.factories import START
from tests.web.bids.conftest import Fair
from tests.web.disputes.conftest import Case
from tests.web.typed.conftest import put_back

TEXT = "Half an answer, which is not sent yet."


@pytest.fixture
def thread(app: Flask, fair: Fair) -> str:
    """A thread in which Wanda has unread messages."""
    with app.app_context():
        bid = fair.bids["wanda"]
        db.session.add(Message(bid_id=bid, sender_id=fair.people["client"], text="How long?", sent_at=START))
        db.session.commit()
        return f"/bids/{bid}/messages"


def test_mark_as_read_keeps_a_typed_answer(fair: Fair, thread: str) -> None:
    wanda = fair.as_("wanda")
    done = wanda.press(thread, "button[form=reply]", {"text": TEXT})
    assert done.status_code == 200
    back = put_back(wanda, done, thread)
    assert TEXT in back.text
    assert "unread message" not in back.text


def test_mark_as_read_without_a_text_redirects_straight_back(fair: Fair, thread: str) -> None:
    assert fair.as_("wanda").press(thread, "button[form=reply]", {"text": ""}).status_code == 303


def test_shortlisting_keeps_a_typed_note(fair: Fair) -> None:
    client, path = fair.as_("client"), f"/bids/{fair.bids['wanda']}"
    done = client.press(path, "button[form=note-form]", {"note": TEXT})
    back = put_back(client, done, path)
    assert TEXT in back.text
    assert "press to undo" in back.text


def test_uploading_a_file_keeps_a_typed_statement(case: Case) -> None:
    wanda = case.deal.fair.as_("wanda")
    fields = {"words": TEXT, "file": (io.BytesIO(b"proof"), "proof.txt")}
    done = wanda.press(case.path, "button[form=words-form]", fields)
    back = put_back(wanda, done, case.path)
    assert TEXT in back.text
    assert "proof.txt" in back.text


def test_refused_file_keeps_a_typed_statement(case: Case) -> None:
    wanda = case.deal.fair.as_("wanda")
    fields = {"words": TEXT, "file": (io.BytesIO(b""), "proof.txt")}
    refused = wanda.press(case.path, "button[form=words-form]", fields)
    assert refused.status_code == 422
    assert TEXT in refused.text


def test_form_gets_a_new_key_after_the_button(fair: Fair, thread: str) -> None:
    wanda = fair.as_("wanda")
    done = wanda.press(thread, "button[form=reply]", {"text": TEXT, "key": "the-same-key"})
    back = put_back(wanda, done, thread)
    key = LexborHTMLParser(back.text).css_first("form#reply [name=key]")
    assert key is not None
    assert key.attributes["value"] not in ("", "the-same-key")
