"""How rooms notify people: what happened to whom, and on which page; each kind of news has a text template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app

from config.settings import Settings
from marketplace.core.clock import Clock
from marketplace.core.money import display
from marketplace.core.signing import link_signer
from marketplace.notifications.addresses import path_to
from marketplace.notifications.services import News, Post, tell


def news(person: int, kind: str, what: str, key: str, page: str, /, *, at: dict[str, Any], **facts: Any) -> News:
    """News for one person in the words of block `what` of templates/notifications/news/<kind>.txt.

    `key` makes it unique for ever; `page` is an endpoint of notifications.addresses with the arguments `at`. The
    block's first line is the subject, the rest the body; it gets `facts`, and `money` and `utc` to format them.
    """
    template = current_app.jinja_env.get_template(f"notifications/news/{kind}.txt")
    context = template.new_context({"money": display, "utc": utc, **facts})
    subject, _, body = "".join(template.blocks[what](context)).partition("\n")
    return News(person, kind, key, subject, path_to(page, **at), body.strip())


def announce(*told: News) -> None:
    """Send news, with the site's address and the request's time."""
    settings: Settings = current_app.extensions["settings"]
    clock: Clock = current_app.extensions["clock"]
    tell(told, Post(settings.site_url, link_signer("unsubscribe")), clock.now())


def utc(moment: datetime | None) -> str:
    """Format a time such as "24 November 2026, 14:32 UTC"."""
    return f"{moment:%d %B %Y, %H:%M} UTC" if moment else ""


def stamp(moment: datetime | None) -> str:
    """Format a time as part of a key."""
    return f"{moment:%Y%m%dT%H%M%S%f}" if moment else ""
