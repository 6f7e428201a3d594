"""Record a request's signals: at sign-in, placing a bid and posting a job, nowhere else."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import Flask, Response, after_this_request, request
from flask_limiter.util import get_remote_address
from flask_security.signals import user_authenticated

from marketplace.accounts.linking_rules import ADDRESS, DEVICE
from marketplace.accounts.models import User
from marketplace.accounts.services.signals import digest, note_signals
from marketplace.web.request import now, settings

COOKIE = "device"
ONE_YEAR_SECONDS = 365 * 24 * 3600
_OURS = re.compile(r"[A-Za-z0-9_-]{22}")


def init_signals(app: Flask) -> None:
    """Record the signals of whoever signs in."""
    user_authenticated.connect(_at_sign_in, app)


def leave_signals(person: User) -> None:
    """Record this browser and network address for the person; the caller commits."""
    device = _device() or secrets.token_urlsafe(16)
    newest, *earlier = settings().keys("signals_key")
    note_signals(person.id, {DEVICE: device, ADDRESS: get_remote_address()}, newest, now(), earlier)

    @after_this_request
    def _(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Flask keeps it)
        response.set_cookie(
            COOKIE, device, max_age=ONE_YEAR_SECONDS, httponly=True, samesite="Lax", secure=settings().serves_https
        )
        return response


def device_digests() -> list[str]:
    """The digests of the request's browser, under today's key and earlier ones; empty if it never signed in."""
    device = _device()
    return [digest(key, DEVICE, device) for key in settings().keys("signals_key")] if device else []


def _device() -> str | None:
    found = request.cookies.get(COOKIE, "")
    return found if _OURS.fullmatch(found) else None


def _at_sign_in(_app: Flask, user: User, **_: Any) -> None:
    leave_signals(user)
