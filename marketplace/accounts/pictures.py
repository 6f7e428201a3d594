"""Portfolio pictures: re-encoded as WebP in the two displayed sizes, so that only pictures are ever served."""

from __future__ import annotations

from marketplace.core.uploads import accept_picture

FULL_SIDE, THUMBNAIL_SIDE = 1600, 640
"""Maximum pixels of the longer side."""


def full_and_thumbnail(content: bytes) -> tuple[bytes, bytes]:
    """Return the uploaded picture in both sizes, without metadata; raises NotAccepted."""
    full = accept_picture("", content, save_as="WEBP", max_side=FULL_SIDE).content
    return full, accept_picture("", full, save_as="WEBP", max_side=THUMBNAIL_SIDE).content
