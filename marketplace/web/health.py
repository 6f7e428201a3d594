"""Health checks for load balancers: liveness and readiness."""

from __future__ import annotations

from flask import Blueprint, current_app
from redis import RedisError, ResponseError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.core.database import db
from marketplace.core.impatience import impatient_redis
from marketplace.web.limits import limiter

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
def alive() -> dict[str, str]:
    """200 as long as the process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@limiter.exempt
def ready() -> tuple[dict[str, str], int]:
    """200 when the database answers; a missing broker is reported but only delays work, so it does not fail."""
    parts = {"database": _database(), "broker": _broker()}
    return parts, 200 if parts["database"] == "ok" else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _broker() -> str:
    url: str = current_app.extensions["settings"].redis_url
    if not url:
        return "not configured"
    try:
        impatient_redis(url).set("health", "ok", ex=60)
    except ResponseError:  # full, or a read-only replica
        return "takes no writes"
    except (RedisError, OSError):
        return "unreachable"
    return "ok"
