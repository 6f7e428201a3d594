"""Identify uploaded files by their bytes, and re-encode pictures to drop hidden content."""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace.core.errors import MarketplaceError

PICTURES = {"PNG": ("image/png", "png"), "JPEG": ("image/jpeg", "jpg"), "WEBP": ("image/webp", "webp")}
"""Pillow's format -> (media type, extension) of accepted pictures."""
MAX_PIXELS = 40_000_000
"""Larger pictures are refused before decoding; a 24-megapixel photograph passes."""
NAME_LENGTH = 100
PLAIN_TEXTS = frozenset({"txt", "md", "csv", "tsv", "json", "yaml", "yml", "css", "log"})
"""Extensions of text files in which nothing executes when opened."""
SVG_HEAD = 4096
"""Leading bytes in which an SVG's root element must appear, after a declaration and comments."""
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
ACCEPT = ".png,.jpg,.jpeg,.webp,.pdf,.txt,.md,.csv,.json,.zip"
"""For a file field's `accept` attribute; only a hint to the browser."""


class NotAccepted(MarketplaceError):
    """The file is broken or of an unsupported kind; the message says what to send instead."""


class NotAPicture(NotAccepted):
    """The bytes are no picture of a supported format."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as stored: our own name and media type, and bytes that match them."""

    filename: str
    media_type: str
    content: bytes


def accept_file(filename: str, content: bytes) -> Upload:
    """Identify a picture, PDF, text, Markdown or zip file by its content; raises NotAccepted for anything else.

    Only the stem of the given name is kept; a text with another extension keeps it before ours: page.html becomes
    page.html.txt.
    """
    if content.startswith(b"%PDF-"):
        return Upload(_name(filename, "pdf"), "application/pdf", content)
    if content.startswith(b"PK\x03\x04") and zipfile.is_zipfile(io.BytesIO(content)):
        return Upload(_name(filename, "zip"), "application/zip", content)
    if PurePath(filename).suffix.lower() in (".svg", ".svgz") or _SVG.search(content[:SVG_HEAD]):
        raise NotAccepted(
            "An SVG can hold scripts, so we don’t take it as it is. Send it in a zip file, or make it a PNG."
        )
    if _is_text(content):
        extension = PurePath(filename).suffix.lower().removeprefix(".")
        if extension in PLAIN_TEXTS:
            return Upload(_name(filename, extension), "text/plain", content)
        return Upload(_name(f"{filename or 'file'}.txt", "txt"), "text/plain", content)
    try:
        return accept_picture(filename, content)
    except NotAPicture:
        raise NotAccepted("Send a PNG, JPEG, WebP, PDF, text, Markdown or zip file.") from None


def accept_picture(filename: str, content: bytes, *, save_as: str | None = None, max_side: int | None = None) -> Upload:
    """Decode a PNG, JPEG or WebP and re-encode it without metadata; raises NotAccepted for anything else.

    `save_as`: Pillow's name of the target format (default: the picture's own). `max_side`: pixels; larger pictures are
    scaled down.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Image.DecompressionBombError
                kind = save_as or str(picture.format)
                encoded = _encode(picture, kind, max_side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAccepted("This picture has too many pixels. Make it smaller and send it again.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise NotAPicture("That is no picture that we can read. Send a PNG, JPEG or WebP file.") from error
    media_type, extension = PICTURES[kind]
    return Upload(_name(filename, extension), media_type, encoded)


def _encode(picture: Image.Image, kind: str, max_side: int | None) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    clean = upright.convert("RGBA" if upright.has_transparency_data and kind != "JPEG" else "RGB")
    clean.info.clear()
    if max_side:
        clean.thumbnail((max_side, max_side))
    output = io.BytesIO()
    clean.save(output, kind, quality=85)
    return output.getvalue()


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text)


def _name(filename: str, extension: str) -> str:
    """Sanitize the given name: no folders, no control or reserved characters, our extension."""
    stem = PurePath(filename.replace("\\", "/")).stem
    stem = "".join(char for char in unicodedata.normalize("NFC", stem) if unicodedata.category(char)[0] != "C")
    stem = re.sub(r'[<>:"/|?*\s]+', " ", stem).strip(" .")[:NAME_LENGTH]
    return f"{stem or 'file'}.{extension}"
