"""Serve stored pictures to people whom the page has let in; browsers revalidate on each use."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, send_file

from marketplace.core.errors import NotFound
from marketplace.core.storage import FileStore
from marketplace.web.headers import keep_in_browser


def stored_picture(key: str | None) -> Response:
    """Respond with the WebP picture of this file key; raises NotFound without a key or a file."""
    path = cast(FileStore, current_app.extensions["files"]).path(key) if key else None
    if path is None or not path.exists():
        raise NotFound("There is no such picture.")
    keep_in_browser()
    return send_file(path, mimetype="image/webp")
