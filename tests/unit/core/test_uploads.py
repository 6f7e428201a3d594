"""An upload's type follows from its bytes, not its name; pictures are re-encoded."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from marketplace.core.uploads import NotAccepted, accept_file, accept_picture


def picture(kind: str, size: tuple[int, int] = (8, 6), mode: str = "RGB") -> bytes:
    output = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new(mode, size, "teal").save(output, kind, exif=exif)
    return output.getvalue()


def archive() -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        file.writestr("a.txt", "hello")
    return output.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kept_as", "media_type"),
    [
        ("plan.png", picture("PNG"), "plan.png", "image/png"),
        ("plan.exe", picture("JPEG"), "plan.jpg", "image/jpeg"),
        ("plan", picture("WEBP"), "plan.webp", "image/webp"),
        ("brief.pdf", b"%PDF-1.7 ...", "brief.pdf", "application/pdf"),
        ("page.html", b"<script>alert(1)</script>", "page.html.txt", "text/plain"),
        ("prices.csv", b"a,b", "prices.csv", "text/plain"),
        ("Data.JSON", b"{}", "Data.json", "text/plain"),
        ("notes.md", "# Grüße".encode(), "notes.md", "text/plain"),
        ("all.docx", archive(), "all.zip", "application/zip"),
        ("../../etc/passwd", b"root", "passwd.txt", "text/plain"),
        ("C:\\files\\a\x00b\r\n.txt", b"x", "ab.txt", "text/plain"),
        ("", b"x", "file.txt", "text/plain"),
    ],
)
def test_content_decides_name_and_type(name: str, content: bytes, kept_as: str, media_type: str) -> None:
    upload = accept_file(name, content)
    assert (upload.filename, upload.media_type) == (kept_as, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"MZ\x90\x00\x03",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00",
        b"PK\x03\x04broken\x00",
        picture("PNG")[:40],
    ],
)
def test_unsupported_file_is_refused(content: bytes) -> None:
    with pytest.raises(NotAccepted):
        accept_file("picture.png", content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("logo.txt", b'<?xml version="1.0"?><!-- ours --><svg\nonload="alert(1)">'),
        ("logo.SVG", b"nothing like it"),
    ],
)
def test_svg_is_refused_with_explanation(name: str, content: bytes) -> None:
    with pytest.raises(NotAccepted, match="Send it in a zip file"):
        accept_file(name, content)


def test_picture_loses_metadata_and_appended_data() -> None:
    upload = accept_file("place.jpg", picture("JPEG") + b"<?php evil() ?>")
    assert b"evil" not in upload.content
    assert not Image.open(io.BytesIO(upload.content)).getexif()


@pytest.mark.parametrize("side", [7_000, 10_000, 20_000])
def test_picture_with_too_many_pixels_is_refused_before_decoding(side: int) -> None:
    small = picture("PNG")
    header = struct.pack(">II", side, side) + small[24:29]  # claimed width and height
    bomb = small[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + small[33:]
    with pytest.raises(NotAccepted, match="too many pixels"):
        accept_file("huge.png", bomb)


def test_picture_can_be_scaled_down_and_converted() -> None:
    upload = accept_picture("face.png", picture("PNG", (800, 400), "RGBA"), save_as="WEBP", max_side=200)
    assert (upload.media_type, Image.open(io.BytesIO(upload.content)).size) == ("image/webp", (200, 100))
