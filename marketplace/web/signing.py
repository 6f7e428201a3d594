"""Signs what travels through people's browsers and mails; values signed with an earlier key stay good."""

from __future__ import annotations

from typing import cast

from flask import current_app
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer


def signer(purpose: str) -> URLSafeSerializer:
    """For what never gets too old."""
    return URLSafeSerializer(signing_keys(), salt=purpose)


def timed_signer(purpose: str) -> URLSafeTimedSerializer:
    """For what is good for a while; `loads` takes the `max_age` in seconds."""
    return URLSafeTimedSerializer(signing_keys(), salt=purpose)


def signing_keys() -> list[str]:
    """Oldest first, as itsdangerous takes them: the last one signs, all of them verify."""
    earlier = cast("list[str]", current_app.config["SECRET_KEY_FALLBACKS"] or [])
    return [*reversed(earlier), str(current_app.secret_key)]
