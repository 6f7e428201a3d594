"""Encodes screenshots as WebP, and makes thumbnails and cuts of them."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from marketplace.checker.browser.observer import Box

THUMBNAIL_WIDTH = 320
JPEG_QUALITY, WEBP_QUALITY = 92, 75
"""Of the browser's JPEG, and of the stored WebP."""
CUT_MARGIN = 24
MIN_CUT = (320, 120)
MAX_CUT = (1280, 800)
"""CSS pixels: bounds of a cut, which shows some of its surroundings."""


def as_webp(picture: bytes) -> bytes:
    """The whole picture as WebP."""
    with Image.open(BytesIO(picture)) as image:
        return _webp(image)


def thumbnail(picture: bytes) -> bytes:
    """The picture's top at 320 px wide, no taller than twice that."""
    with Image.open(BytesIO(picture)) as image:
        top = image.crop((0, 0, image.width, min(image.height, 2 * image.width)))
        small = top.resize((THUMBNAIL_WIDTH, max(1, round(top.height * THUMBNAIL_WIDTH / top.width))), reducing_gap=2.0)
    return _webp(small)


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    with Image.open(BytesIO(picture)) as image:
        return image.size


def cut_out(picture: bytes, boxes: dict[str, Box]) -> dict[str, bytes]:
    """Crop the picture around each box; boxes outside it are left out."""
    if not boxes:
        return {}
    with Image.open(BytesIO(picture)) as image:
        frames = {name: _frame(box, image.size) for name, box in boxes.items()}
        return {name: _webp(image.crop(frame)) for name, frame in frames.items() if frame}


def _frame(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of a cut."""
    spans = [_span(box[axis], box[axis + 2], MIN_CUT[axis], MAX_CUT[axis], size[axis]) for axis in (0, 1)]
    if not spans[0] or not spans[1]:
        return None
    return spans[0][0], spans[1][0], spans[0][1], spans[1][1]


def _span(start: float, length: float, smallest: int, largest: int, end: int) -> tuple[int, int] | None:
    """The stretch to show of one axis that is `end` long."""
    if start >= end or start + length <= 0:
        return None
    wanted = min(max(length + 2 * CUT_MARGIN, smallest), largest)
    first = start + length / 2 - wanted / 2 if length + 2 * CUT_MARGIN <= wanted else start - CUT_MARGIN
    first = max(0.0, min(first, end - wanted))
    return int(first), int(min(first + wanted, end))


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=WEBP_QUALITY, method=0)
    return out.getvalue()
