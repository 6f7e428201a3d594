"""Portfolio pictures: made anew as WebP in the two sizes that pages show, so that only a picture is ever served."""

from __future__ import annotations

from marketplace.core.uploads import accept_picture

FULL_SIDE, THUMBNAIL_SIDE = 1600, 640
"""Pixels of the longer side, at most."""


def full_and_thumbnail(content: bytes) -> tuple[bytes, bytes]:
    """The uploaded picture in both sizes, without its metadata; raises NotAccepted."""
    full = accept_picture("", content, save_as="WEBP", max_side=FULL_SIDE).content
    return full, accept_picture("", full, save_as="WEBP", max_side=THUMBNAIL_SIDE).content
