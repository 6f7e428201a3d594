"""Acts of the person about whom a moderator decided."""

from __future__ import annotations

from werkzeug.test import TestResponse

from tests.support.visitor import Visitor


def answer_decision(browser: Visitor, fields: dict[str, str]) -> TestResponse:
    """Answer the newest decision open to answers, by the button beside it."""
    return browser.submit(browser.link("/account/moderation", "main .list a.button"), fields)
