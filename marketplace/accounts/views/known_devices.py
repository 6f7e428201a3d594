"""Cookie of a device that signed in before, which is exempt from the limits caused by others' wrong passwords.

After OWASP's "Slow down online guessing attacks with device cookies". It holds a random number for the device and keyed
hashes of the accounts; it grants no access.
"""

from __future__ import annotations

import secrets
from typing import Any, cast

from flask import Response, after_this_request, request
from itsdangerous import BadSignature

from marketplace.accounts.services.tries import digests
from marketplace.core.signing import cookie_signer
from marketplace.web.request import settings

COOKIE = "known"
PURPOSE = "known device"
ONE_YEAR_SECONDS = 365 * 24 * 3600
MOST_ACCOUNTS = 10
"""Accounts per device cookie; the least recently used is dropped."""


def device_known_to(account: str) -> str | None:
    """The device's random number if it signed in to this account before, else None."""
    device, accounts = _read()
    return device if any(mark in accounts for mark in _marks(account)) else None


def remember_device(account: str, *, anew: bool = False) -> None:
    """Add the account to this device's cookie; `anew` gives the device a new number, whose tries start at zero."""
    device, accounts = _read()
    if anew or not device:
        device = secrets.token_urlsafe(16)
    marks = _marks(account)
    accounts = [marks[0], *(one for one in accounts if one not in marks)][:MOST_ACCOUNTS]
    value = cookie_signer(PURPOSE).dumps([device, accounts])

    @after_this_request
    def _(response: Response) -> Response:  # pyright: ignore[reportUnusedFunction] (Flask keeps it)
        response.set_cookie(
            COOKIE, value, max_age=ONE_YEAR_SECONDS, httponly=True, samesite="Lax", secure=settings().serves_https
        )
        return response


def _marks(account: str) -> list[str]:
    return digests("known device", account)


def _read() -> tuple[str, list[str]]:
    try:
        value: Any = cookie_signer(PURPOSE).loads(request.cookies.get(COOKIE, ""), max_age=ONE_YEAR_SECONDS)
    except BadSignature:
        return "", []
    return cast(tuple[str, list[str]], tuple(value))
