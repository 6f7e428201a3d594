"""Autosave of a draft by script: the answer states the result, and what the script does next."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from marketplace.bids.models import Bid
from marketplace.core.database import db
from tests.support.visitor import Visitor
from tests.web.bids.conftest import Fair
from tests.web.typed.conftest import text_in

pytestmark = pytest.mark.both_engines


class Draft:
    """Fay's new bid, as her page holds it."""

    def __init__(self, app: Flask, fair: Fair) -> None:
        self.app, self.fair, self.browser = app, fair, fair.as_("fay")
        self.path = f"/jobs/{fair.slug}/bids/new"
        page = self.browser.get(self.path)
        self.fields = {name: text_in(page, name) for name in ("csrf_token", "by", "seen", "key")}

    def save(self, **fields: str) -> tuple[int, dict[str, Any]]:
        headers = {**Visitor.sent_from(self.path), "X-Autosave": "1"}
        answer = self.browser.http.post(self.path, data={**self.fields, **fields}, headers=headers)
        assert answer.json, answer.text[:500]
        self.fields["seen"] = answer.json.get("seen", self.fields["seen"])
        return answer.status_code, answer.json

    def stored(self) -> Bid | None:
        with self.app.app_context():
            return db.session.query(Bid).filter_by(freelancer_id=self.fair.people["fay"]).one_or_none()


@pytest.fixture
def draft(app: Flask, fair: Fair) -> Draft:
    return Draft(app, fair)


def test_one_window_can_save_repeatedly(draft: Draft) -> None:
    for note in ("One.", "One. Two.", "One. Two. Three."):
        assert draft.save(note=note)[1]["state"] == "saved"
    assert draft.stored().note == "One. Two. Three."  # type: ignore[union-attr]


def test_invalid_field_is_named_and_keeps_its_stored_value(draft: Draft) -> None:
    draft.save(price="2900", note="One.")
    status, answer = draft.save(price="a lot", note="One. Two.")
    assert (status, answer["state"], answer["field"]) == (422, "invalid", "price")
    assert "Your price" in answer["words"]
    stored = draft.stored()
    assert stored is not None
    assert (stored.price, stored.note) == (290_000, "One. Two.")


def test_too_long_text_is_counted_and_not_cut(draft: Draft) -> None:
    draft.save(note="One.")
    _, answer = draft.save(note="x" * 5_312, days="18")
    assert "5,312 of 5,000" in answer["words"]
    stored = draft.stored()
    assert stored is not None
    assert (stored.note, stored.days) == ("One.", 18)


def test_older_window_does_not_overwrite(app: Flask, fair: Fair, draft: Draft) -> None:
    other = Draft(app, fair)
    other.save(note="The newer text.")
    status, answer = draft.save(note="The older text.")
    assert (status, answer["state"]) == (409, "conflict")
    assert draft.stored().note == "The newer text."  # type: ignore[union-attr]


@pytest.mark.parametrize("keeps_token", [True, False])
def test_signed_out_leads_to_the_sign_in_page(draft: Draft, keeps_token: bool) -> None:
    with draft.browser.http.session_transaction() as session:
        token = session["csrf_token"]
        session.clear()
        if keeps_token:  # the session ended on the server, but the cookie remains
            session["csrf_token"] = token
    status, answer = draft.save(note="One.")
    assert (status, answer["state"]) == (401, "signed_out")
    assert answer["link"].startswith("/signin?next=")


def test_page_gets_a_new_token_after_signing_in_again(fair: Fair, draft: Draft) -> None:
    draft.browser.sign_out()
    draft.browser.as_user(fair.people["fay"])
    status, answer = draft.save(note="One.")
    assert (status, answer["state"]) == (400, "stale")
    draft.fields["csrf_token"] = answer["token"]
    assert draft.save(note="One.")[0] == 200


def test_other_account_can_not_save_a_form_it_did_not_open(fair: Fair, draft: Draft) -> None:
    draft.browser.as_user(fair.people["other client"])
    status, answer = draft.save(note="One.")
    assert (status, answer["state"]) == (409, "refused")
    assert draft.stored() is None


def test_own_failure_is_retried(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(draft.app.view_functions, "bids.new", broken)
    status, answer = draft.save(note="One.")
    assert (status, answer["state"]) == (500, "later")
