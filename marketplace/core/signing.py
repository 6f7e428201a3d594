"""Signs what travels through people's browsers and mails; what an earlier key signed stays good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import current_app
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from config.settings import Settings


def link_signer(purpose: str) -> URLSafeSerializer:
    """For links in mails that have to work for months, under LINKS_KEY."""
    return URLSafeSerializer(oldest_first(_settings().keys("links_key")), salt=purpose)


def cookie_signer(purpose: str) -> URLSafeTimedSerializer:
    """For cookies, under SECRET_KEY; `loads` takes the `max_age` in seconds."""
    return URLSafeTimedSerializer(oldest_first(_settings().keys("secret_key")), salt=purpose)


def oldest_first(keys: Sequence[str]) -> list[str]:
    """As itsdangerous takes them: the last one signs, all of them verify."""
    return list(reversed(keys))


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
