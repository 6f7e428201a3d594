"""Rate limits, counted in Redis across web processes, or per process in memory while Redis is unavailable."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user

from marketplace.core.networks import network_of
from marketplace.web.limit_storage import SCHEME

WRITES = "60 per minute; 600 per hour"
SIGN_INS = "120 per minute; 2000 per hour"
"""Per network, right or wrong: an office signs in at nine. accounts/views/tries.py counts wrong ones."""
MAILED_LINKS = "30 per 5 minutes; 120 per hour"
"""Per network; accounts/throttling.py limits mails per address."""
NEW_ADDRESSES = "6 per hour"
UPLOADS = "30 per hour"
CHECKS = "12 per hour"


def network() -> str:
    """The request's network: an IPv4 address, or an IPv6 /64."""
    return network_of(get_remote_address())


def _who() -> str:
    return f"user:{current_user.get_id()}" if current_user.is_authenticated else f"ip:{network()}"


limiter = Limiter(
    key_func=_who,
    default_limits=[WRITES],
    default_limits_exempt_when=lambda: request.method in ("GET", "HEAD", "OPTIONS"),
)


def init_limits(app: Flask, redis_url: str, *, enabled: bool) -> None:
    """Limit every write by default; views may set tighter limits with `@limiter.limit(CHECKS)`."""
    app.config.update(
        RATELIMIT_STORAGE_URI=f"{SCHEME}://" if redis_url else "memory://",
        RATELIMIT_STORAGE_OPTIONS={"redis_url": redis_url} if redis_url else {},
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_ENABLED=enabled,
    )
    limiter.init_app(app)
