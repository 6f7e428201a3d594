"""Stores a view's screenshots, and says how much free space that takes."""

from __future__ import annotations

import logging
from dataclasses import replace

from marketplace.checker.browser.screenshots import size_of, thumbnail
from marketplace.checker.browser.view import BrowserView, Rendering, Screenshot
from marketplace.core.storage import FileStore

log = logging.getLogger(__name__)

MIN_FREE_BYTES = 16 * 2**20
"""Free bytes that the disk needs before a page is opened: more than the screenshots of all tabs."""


def keep_pictures(view: BrowserView, files: FileStore) -> Rendering | None:
    """The view's rendering with the keys of its stored pictures; None when they could not be stored."""
    try:
        shots = {name: _keep(picture, files) for name, picture in view.pictures.items()}
        cuts = {requirement: files.save(picture) for requirement, picture in view.cuts.items()}
    except OSError as error:
        log.error("pictures could not be stored", extra={"error": repr(error)})
        return None
    return replace(view.rendering, shots=shots, cuts=cuts)


def _keep(picture: bytes, files: FileStore) -> Screenshot:
    width, height = size_of(picture)
    return Screenshot(files.save(picture), files.save(thumbnail(picture)), width, height)
