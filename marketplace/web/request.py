"""The request's context for views: who acts, what time it is, and whether this form was sent before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from config.settings import Settings
from marketplace.core import submissions
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import MarketplaceError

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def actor() -> User:
    """The signed-in person; use only behind a login check."""
    return cast("User", current_user._get_current_object())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    # unwrap Flask-Login's proxy by its own method; a proxy must not be stored


def actor_or_none() -> User | None:
    """The signed-in person, or None for a visitor."""
    return actor() if current_user.is_authenticated else None


def now() -> datetime:
    """The request's time (UTC), read from the clock once per request."""
    if "now" not in g:
        clock: Clock = current_app.extensions["clock"]
        g.now = clock.now()
    return cast(datetime, g.now)


def settings() -> Settings:
    """The settings with which the app was created."""
    return cast(Settings, current_app.extensions["settings"])


def see_other(location: str) -> BaseResponse:
    """Redirect after a successful POST to `location` (303)."""
    return redirect(location, code=303)


def next_path(fallback: str) -> str:
    """Return the form's `next` if it is a path on this site, else `fallback`."""
    wanted = request.form.get("next") or request.args.get("next") or ""
    parts = urlsplit(wanted)
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if is_local and "\\" not in wanted and not any(ord(char) < 32 for char in wanted) else fallback


def once(key: str | None, create: Callable[[], str]) -> BaseResponse:
    """Run a creating form exactly once, commit, and redirect to its result (303).

    `create` creates the thing and returns its address; a double click or a resent form with the same `key` gets the
    first one's address instead, even if both ran at once. When `create` raises, everything is rolled back before the
    error propagates.
    """
    person = actor()
    person_id = person.id
    if key and (location := submissions.earlier_result(person_id, key)):
        return see_other(location)
    try:
        location = create()
        if key:
            submissions.remember(person_id, key, location, now())
    except (MarketplaceError, IntegrityError):
        db.session.rollback()
        if key and (location := submissions.earlier_result(person_id, key)):
            return see_other(location)
        raise
    db.session.commit()
    return see_other(location)
