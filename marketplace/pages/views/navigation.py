"""Data that the layout of every page shows besides links."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint

from marketplace.notifications.views import unread_count

bp = Blueprint("pages", __name__)


@bp.app_context_processor
def counts() -> dict[str, Callable[[], int]]:
    """Counts beside links; functions, so that pages without the navigation query none."""
    return {"unread_count": unread_count}
