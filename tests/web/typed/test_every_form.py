"""No typed input is lost: every multi-line form, with everything that can prevent its submission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, abort
from flask_wtf import FlaskForm
from selectolax.lexbor import LexborHTMLParser
from werkzeug.test import TestResponse
from wtforms import TextAreaField
from wtforms.fields.core import UnboundField

from marketplace.core.errors import Conflict, NotAllowed
from marketplace.web.forms import BaseForm
from marketplace.web.gallery import GalleryForm
from tests.support.visitor import Visitor
from tests.web.bids.conftest import Fair
from tests.web.typed.conftest import put_back, text_in
from tests.web.typed.table import FORMS, Form

TEXT = "/a-path that took an hour to find, “with care” & <b>signs</b>."
TOO_LONG = "word " * 5_000


class Desk:
    """One form, opened by the person who sends it."""

    def __init__(self, app: Flask, form: Form, path: str, fair: Fair) -> None:
        self.app, self.form, self.path, self.fair = app, form, path, fair
        self.browser: Visitor = fair.as_(form.who)

    def send(self, text: str = TEXT, meanwhile: Callable[[], object] | None = None) -> TestResponse:
        fields = {self.form.field: text}
        return self.browser.submit(self.path, fields, form=self.form.selector, meanwhile=meanwhile)

    def sign_in(self) -> None:
        if self.form.who in self.fair.people:
            self.browser.as_user(self.fair.people[self.form.who])

    def put_back(self, refused: TestResponse) -> str:
        """The form's text after the refusal's seal was posted to its page."""
        page = put_back(self.browser, refused, self.path)
        assert page.status_code == 200, page.text[:2000]
        assert "was not sent yet" in page.text
        node = LexborHTMLParser(page.text).css_first(f"{self.form.selector} [name='{self.form.field}']")
        assert node is not None
        return (node.text() if node.tag == "textarea" else node.attributes.get("value") or "").strip()

    def send_refused(
        self, monkeypatch: pytest.MonkeyPatch, refusal: Callable[[], object], text: str = TEXT
    ) -> TestResponse:
        """The answer when the form is refused in this way after its page was opened."""
        page = self.browser.page(self.path)
        node = page.css_first(self.form.selector)
        assert node is not None
        action = node.attributes.get("action") or self.path
        endpoint, _ = self.app.url_map.bind("localhost").match(action, method="POST")
        with monkeypatch.context() as patched:
            patched.setitem(self.app.view_functions, endpoint, lambda **_: refusal())
            return self.browser.send(page, self.path, {self.form.field: text}, form=self.form.selector)


@pytest.fixture(params=FORMS.values(), ids=FORMS.keys())
def desk(app: Flask, fair: Fair, request: pytest.FixtureRequest) -> Desk:
    form: Form = request.param
    return Desk(app, form, form.path(request.getfixturevalue), fair)


def test_input_returns_after_sign_in_stale_token_and_too_long_text(desk: Desk) -> None:
    if desk.form.who in desk.fair.people:
        refused = desk.send(meanwhile=desk.browser.sign_out)
        assert refused.status_code == 401
        desk.sign_in()
        assert desk.put_back(refused) == TEXT

    stale = desk.send(meanwhile=lambda: _new_session(desk))
    assert stale.status_code == 400
    assert desk.put_back(stale) == TEXT

    long = desk.send(TOO_LONG)
    assert long.status_code == 422
    assert TOO_LONG.strip() in text_in(long, desk.form.field) or TOO_LONG.strip() in long.text


def test_refusal_shows_the_input_and_offers_it_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for refusal, status in ((_conflict, 409), (_not_allowed, 403), (lambda: abort(429), 429)):
        refused = desk.send_refused(monkeypatch, refusal)
        assert refused.status_code == status
        assert TEXT in _shown(refused)
        assert desk.put_back(refused) == TEXT


def test_own_failure_and_oversized_form_show_the_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = "word " * 20_000
    with monkeypatch.context() as patched:
        refused = desk.send(huge, meanwhile=lambda: patched.setitem(desk.app.config, "MAX_CONTENT_LENGTH", 50_000))
    assert refused.status_code == 413
    assert huge in _shown(refused)
    broken = desk.send_refused(monkeypatch, _break)
    assert broken.status_code == 500
    assert TEXT in _shown(broken)
    assert 'name="kept"' not in broken.text


def test_table_names_every_multi_line_form() -> None:
    assert {kind for kind in _kinds(BaseForm) if _has_lines(kind)} - {GalleryForm} <= {
        form.kind for form in FORMS.values()
    }


def test_no_field_lets_browsers_cut_pasted_text(desk: Desk) -> None:
    assert "maxlength" not in desk.browser.get(desk.path).text


def _new_session(desk: Desk) -> None:
    desk.browser.sign_out()
    desk.sign_in()
    desk.browser.get("/help/start")


def _conflict() -> Any:
    raise Conflict("Somebody was faster.")


def _not_allowed() -> Any:
    raise NotAllowed("Not any more.")


def _break() -> Any:
    raise RuntimeError("broken on purpose")


def _shown(page: TestResponse) -> list[str]:
    """The texts that the page offers for copying."""
    return [node.text() for node in LexborHTMLParser(page.text).css("textarea[readonly]")]


def _kinds(kind: type[FlaskForm]) -> set[type[FlaskForm]]:
    return {one for below in kind.__subclasses__() for one in {below, *_kinds(below)}}


def _has_lines(kind: type[FlaskForm]) -> bool:
    fields = (getattr(kind, name) for name in dir(kind) if not name.startswith("_"))
    return any(isinstance(field, UnboundField) and issubclass(field.field_class, TextAreaField) for field in fields)
