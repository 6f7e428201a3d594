"""The input typed into the form that this request sent, and the page on which that form is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from flask import g, request
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import MapAdapter, Rule

from marketplace.web.request import actor_or_none, now, settings
from marketplace.web.salvage import salvaged_form
from marketplace.web.sealing import Typed, belongs_to, marked, seal, unseal

PLUMBING = frozenset({"csrf_token", "by", "kept", "beside", "do", "next", "submit"})
"""Technical fields without input; they are created anew with the form."""
UNSEEN = frozenset({"key", "version", "seen", "seen_at"})
"""Fields restored into the form (such as the version on the page) that nobody typed."""
_SECRET = re.compile(r"passw|token|secret|otp|code|pin$", re.IGNORECASE)


def site_keys() -> list[str]:
    """The site's secrets, newest first."""
    return list(settings().keys("secret_key"))


def is_same_site() -> bool:
    """Whether a page of this site sent the request, by browser headers that no other site can forge."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from:
        return fetched_from == "same-origin"
    sender = request.headers.get("Origin") or request.referrer or ""
    return _site_and_path(sender)[0] == request.host


def typed_now() -> Typed | None:
    """Input typed by a person in this POST; None when there is none, or another site sent it.

    Only forms that carry for whom they were shown (`by`, so all of BaseForm) count: no sign-in, no bare buttons.
    """
    if "put_back" in g:
        return cast(Typed, g.put_back)
    if request.method != "POST" or not is_same_site():
        return None
    sent = _sent_fields()
    if "kept" in sent:
        return opened(sent["kept"])
    if "by" not in sent:
        return None
    fields = tuple((name, value) for name, value in sent.items(multi=True) if _travels(name))
    if not any(value.strip() for name, value in fields if name not in UNSEEN):
        return None
    return Typed(page_of_form(), fields, marked(sent["by"], site_keys()), _has_files())


def opened(token: str) -> Typed | None:
    """Open this seal; see `sealing.unseal`."""
    return unseal(token, site_keys(), now())


def seal_of(typed: Typed | None) -> str:
    """Seal the input; empty when there is none, or too much."""
    return seal(typed, site_keys(), now()) if typed else ""


def shown_to_another() -> bool:
    """Whether the sent form had been shown to another person than the one signed in now."""
    shown_to = marked(_sent_fields().get("by", ""), site_keys()) if request.method == "POST" else None
    return shown_to is not None and person_id() not in (None, shown_to)


def words_of(typed: Typed | None) -> list[tuple[str, str]]:
    """(label, text) of all input, for display; nothing of somebody else's seal."""
    if typed is None or (is_brought_along() and not belongs_to(typed, person_id())):
        return []
    return [(label_of(name), value) for name, value in typed.fields if name not in UNSEEN and value.strip()]


def is_brought_along() -> bool:
    """Whether this request carries input in a seal instead of the form itself."""
    return "kept" in _sent_fields()


def label_of(name: str) -> str:
    """A field's label for display, else derived from its name ("steps-1-title" is "Steps 2 title")."""
    labels: dict[str, str] = g.get("labels", {})
    if name in labels:
        return labels[name]
    words = " ".join(str(int(part) + 1) if part.isdigit() else part for part in re.split(r"[-_]", name))
    return words.capitalize()


def page_of_form() -> str:
    """Path of the page with the sent form: its own address, or else the page that sent it."""
    host, path = _site_and_path(request.referrer or "")
    paths = [request.path, path if host == request.host else ""]
    return next((path for path in paths if path and answers_get(path)), "/")


def _site_and_path(address: str) -> tuple[str, str]:
    """Split the address in a header into site and path; empty if it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.netloc, parts.path


def answers_get(path: str) -> bool:
    """Whether this site has a page at the path."""
    try:
        rule_for_get(path)
    except HTTPException:
        return False
    return True


def rule_for_get(path: str) -> tuple[Rule, Mapping[str, Any]]:
    """Route and arguments of the page at the path; raises NotFound or MethodNotAllowed if there is none."""
    routes = cast(MapAdapter, request_ctx.url_adapter)  # every request has one
    return routes.match(path, method="GET", return_rule=True)


def person_id() -> int | None:
    """Id of the signed-in person; None for a visitor."""
    person = actor_or_none()
    return person.id if person else None


def _travels(name: str) -> bool:
    return name not in PLUMBING and not _SECRET.search(name)


def _sent_fields() -> MultiDict[str, str]:
    """The form's fields, even of a body that is too large to accept."""
    if "sent_fields" not in g:
        try:
            g.sent_fields = request.form
        except RequestEntityTooLarge:
            g.sent_fields = salvaged_form()
    return cast("MultiDict[str, str]", g.sent_fields)


def _has_files() -> bool:
    try:
        return any(file.filename for file in request.files.values())
    except RequestEntityTooLarge:
        return True
