"""Pictures that people upload: decoded and encoded anew without metadata, so that only a picture is ever served."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.core.errors import MarketplaceError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600
"""Pixels."""


class NotAPicture(MarketplaceError):
    """The file is no picture that we take; the message says what would be."""


def as_webp(upload: BinaryIO) -> bytes:
    """The picture as WebP, 1,600 pixels at most on its longer side; raises NotAPicture."""
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise NotAPicture("That picture has too many pixels. Save it at 4,000 by 4,000 or less and try again.")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        raise NotAPicture("That file is no picture that we can read. Choose a PNG, JPEG, WebP or GIF file.") from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
