"""A user's browser without JavaScript: follows links, fills in forms with CSRF tokens, reads pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask
from flask_security.utils import hash_password
from selectolax.lexbor import LexborHTMLParser, LexborNode
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.accounts.models import User
from marketplace.accounts.services.sessions import begin_session
from marketplace.core.database import db

FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
"""Password of everybody signed in by `as_user`."""
PASSWORD_FORM = "main form[action='/verify']"


EXACT = re.compile(r"(<(pre|textarea)\b.*?</\2>|<[^>]*as-typed.*?</p>)", re.DOTALL)
BLOCK = r"(?:p|li|div|h[1-6]|t[dhr]|d[dtl]|ul|ol|form|section|article|summary|legend|caption|blockquote|button|figure)"


def as_shown(html: str) -> str:
    """The page with whitespace as a browser shows it: one space in text, none at the edges of an element."""
    parts = EXACT.split(html)
    shown = list(parts[0::3])
    for index, text in enumerate(shown):
        text = re.sub(r"\s+", " ", text)
        text = re.sub(rf"(<{BLOCK}\b[^>]*>) ", r"\1", text)
        text = re.sub(rf" (</{BLOCK}>)", r"\1", text)
        shown[index] = re.sub(r"(</t[dh]>) (<t[dh])", r"\1\2", text)
    exact = [*parts[1::3], ""]
    return "".join(text + kept for text, kept in zip(shown, exact, strict=True))


class Visitor:
    """One browser's cookies; `as_user` signs in without computing a password hash.

    When asked for the password again, enters it and resends the form, unless `remembers` is off.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http = app.test_client()
        self.remembers = True
        self._user_id: int | None = None

    def as_user(self, user_id: int) -> Visitor:
        """Sign in as this person, for however far a test moves the clock."""
        with self.app.app_context():
            uniquifier = db.session.scalar(select(User.fs_uniquifier).where(User.id == user_id))
            token = begin_session(user_id, FAR_AHEAD)
            given_at = self.app.extensions["clock"].now().timestamp()
            db.session.commit()
        with self.http.session_transaction() as session:
            session.update(_user_id=uniquifier, sid=token, _fresh=True, fs_cc="set", fs_paa=2_000_000_000)
            session.update(password_given_at=given_at)
        self._user_id = user_id
        return self

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.http.get(path, **options)

    def page(self, path: str) -> LexborHTMLParser:
        """The parsed page at `path`, following redirects; fails unless it answers 200."""
        response = self.http.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{path}: {response.status_code}\n{response.text[:2000]}"
        return LexborHTMLParser(as_shown(response.text))

    def submit(
        self,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        form: str = "main form[method=post]",
        follow: bool = False,
        meanwhile: Callable[[], object] | None = None,
    ) -> TestResponse:
        """Open `path`, fill in the form that the CSS selector `form` finds, and send it as a browser would.

        `fields` override what the form holds; a list gives several values, None leaves the field out, a (stream,
        filename) tuple uploads a file. `meanwhile` is called between opening the page and sending the form.
        """
        page = self.page(path)
        if meanwhile:
            meanwhile()
        return self.send(page, path, fields, form=form, follow=follow)

    def send(
        self,
        page: LexborHTMLParser | TestResponse,
        path: str,
        fields: dict[str, Any] | None = None,
        *,
        form: str = "main form[method=post]",
        follow: bool = False,
        headers: dict[str, str] | None = None,
    ) -> TestResponse:
        """Fill in and send a form of an open page at `path`; see submit()."""
        node = (LexborHTMLParser(page.text) if isinstance(page, TestResponse) else page).css_first(form)
        assert node is not None, f"no form {form!r} on {path}"
        values = form_values(node)
        for name, value in (fields or {}).items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
        target = node.attributes.get("action") or path
        headers = self.sent_from(path) if headers is None else headers
        return self._sent(target, values, headers, follow=follow)

    def link(self, path: str, css: str) -> str:
        """Target of a link on the page."""
        node = self.page(path).css_first(css)
        assert node is not None, f"no {css!r} on {path}"
        return node.attributes["href"] or ""

    def press(self, path: str, button: str, fields: dict[str, Any] | None = None) -> TestResponse:
        """Press a button that belongs to another form: that form's fields go to the button's address."""
        page = self.page(path)
        node = page.css_first(button)
        assert node is not None, f"no {button!r} on {path}"
        form = page.css_first(f"form#{node.attributes['form']}")
        assert form is not None
        data = {**form_values(form), **(fields or {}), node.attributes["name"]: node.attributes["value"]}
        return self.http.post(node.attributes["formaction"] or "", data=data, headers=self.sent_from(path))

    def sign_out(self) -> None:
        """End the session, like signing out in another tab or deleting the cookies."""
        with self.http.session_transaction() as session:
            session.clear()

    @staticmethod
    def sent_from(path: str) -> dict[str, str]:
        """Headers by which a browser says where a form was sent from."""
        return {"Sec-Fetch-Site": "same-origin", "Referer": f"http://localhost{path}"}

    def post(self, path: str, fields: dict[str, Any] | None = None, *, follow: bool = False) -> TestResponse:
        """POST directly to `path` with a valid CSRF token, whether or not a page has the button."""
        return self._sent(path, {"csrf_token": self.csrf_token(), **(fields or {})}, None, follow=follow)

    def enter_password(self, page: TestResponse, password: str = PASSWORD) -> TestResponse:
        """Fill in the form of the page that asks for the password again."""
        self.choose_password()
        return self.send(page, "/verify", {"password": password}, form=PASSWORD_FORM)

    def choose_password(self) -> Visitor:
        """Set PASSWORD for a person made without one."""
        with self.app.app_context():
            person = db.session.get(User, self._user_id) if self._user_id else None
            if person and person.password is None:
                person.password = _hashed(str(self.app.config["SECURITY_PASSWORD_SALT"]))
                db.session.commit()
        return self

    def _sent(self, target: str, values: dict[str, Any], headers: dict[str, str] | None, *, follow: bool):
        def send() -> TestResponse:
            return self.http.post(target, data=values, follow_redirects=follow, headers=headers)

        answer = send()
        asks = answer.status_code == 401 and LexborHTMLParser(answer.text).css_first(PASSWORD_FORM)
        if asks and self.remembers:
            assert self.enter_password(answer).status_code in (200, 303)
            return send()
        return answer

    def csrf_token(self) -> str:
        """This session's CSRF token, read from the theme form on every page."""
        node = self.page("/help/start").css_first("input[name=csrf_token]")
        assert node is not None
        return node.attributes.get("value") or ""


@lru_cache(maxsize=4)
def _hashed(_salt: str) -> str:
    """One hash for everybody, cached per salt of the app."""
    return str(hash_password(PASSWORD))


def form_values(form: LexborNode) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for node in form.css("input[name], textarea[name], select[name]"):
        name, kind = node.attributes.get("name") or "", node.attributes.get("type")
        if kind in ("submit", "button", "file") or "disabled" in node.attributes:
            continue
        if kind in ("checkbox", "radio"):
            if "checked" in node.attributes:
                values.setdefault(name, []).append(node.attributes.get("value") or "on")
        elif node.tag == "select":
            chosen = node.css("option[selected]") or node.css("option")[:1]
            values[name] = [
                option.attributes["value"] or "" if "value" in option.attributes else option.text() for option in chosen
            ]
        elif node.tag == "textarea":
            values[name] = node.text()
        else:
            values.setdefault(name, []).append(node.attributes.get("value") or "")
    return values
