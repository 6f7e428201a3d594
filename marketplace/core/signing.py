"""Sign data that travels through browsers and mails; signatures by earlier keys stay valid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import current_app
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from config.settings import Settings


def link_signer(purpose: str) -> URLSafeSerializer:
    """Signer for links in mails that must work for months, with LINKS_KEY."""
    return URLSafeSerializer(oldest_first(_settings().keys("links_key")), salt=purpose)


def cookie_signer(purpose: str) -> URLSafeTimedSerializer:
    """Signer for cookies, with SECRET_KEY; `loads` takes `max_age` in seconds."""
    return URLSafeTimedSerializer(oldest_first(_settings().keys("secret_key")), salt=purpose)


def oldest_first(keys: Sequence[str]) -> list[str]:
    """Order the keys for itsdangerous: the last one signs, all of them verify."""
    return list(reversed(keys))


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
