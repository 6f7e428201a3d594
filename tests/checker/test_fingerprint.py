"""Near-copies: tables of page pairs, and properties of likeness."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from marketplace.checker.likeness.compare import PageFingerprint, bands_of, is_near_copy, likeness
from marketplace.checker.likeness.fingerprint import fingerprint_of

WORDS = [f"word{number}" for number in range(400)]


def prose(seed: int, words: int = 300) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def changed(text: str, every: int) -> str:
    return " ".join("other" if at % every == 0 else word for at, word in enumerate(text.split()))


def picture(seed: int, boxes: int = 12) -> bytes:
    image, chance = Image.new("RGB", (1280, 1000), "white"), random.Random(seed)
    draw = ImageDraw.Draw(image)
    for _ in range(boxes):
        x, y = chance.randrange(1100), chance.randrange(850)
        color = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + chance.randrange(60, 500), y + chance.randrange(40, 300)), fill=color)
    out = BytesIO()
    image.save(out, "WEBP")
    return out.getvalue()


BASE = fingerprint_of(prose(1), picture(1))
PAIRS = {
    "the same page": (fingerprint_of(prose(1), picture(1)), True),
    "the same text in another look": (fingerprint_of(prose(1), picture(2)), True),
    "one word in forty changed": (fingerprint_of(changed(prose(1), 40), picture(2)), True),
    "half the text kept, the same look": (fingerprint_of(changed(prose(1), 13), picture(1)), True),
    "the same template with another text": (fingerprint_of(prose(2), picture(1)), False),
    "another page": (fingerprint_of(prose(2), picture(2)), False),
    "a page with next to no words and the same look": (fingerprint_of("Hello", picture(1)), False),
    "an empty page": (fingerprint_of("", None), False),
}


@pytest.mark.parametrize(("other", "expected"), PAIRS.values(), ids=PAIRS)
def test_near_copy_rule(other: PageFingerprint, expected: bool) -> None:
    assert is_near_copy(likeness(BASE, other)) is expected
    assert is_near_copy(likeness(other, BASE)) is expected


def test_wordless_pages_are_compared_by_picture() -> None:
    assert is_near_copy(likeness(fingerprint_of("", picture(1)), fingerprint_of("Play", picture(1))))
    assert not is_near_copy(likeness(fingerprint_of("", picture(1)), fingerprint_of("", picture(2))))


@pytest.mark.parametrize(
    ("text", "drawn"), [("", None), ("Three short words", None), ("coming soon", picture(0, boxes=0))]
)
def test_page_with_little_content_has_no_fingerprint(text: str, drawn: bytes | None) -> None:
    found = fingerprint_of(text, drawn)
    assert (found.text, found.picture, bands_of(found)) == (None, None, [])


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    chance = random.Random(3)
    text = "".join(chr(0x4E00 + chance.randrange(500)) for _ in range(200))
    assert likeness(fingerprint_of(text, None), fingerprint_of(text[:180], None)).text or 0 > 0.8


@given(st.text(max_size=2_000), st.text(max_size=2_000))
def test_likeness_is_symmetric_and_within_bounds(one: str, other: str) -> None:
    a, b = fingerprint_of(one, None), fingerprint_of(other, None)
    assert likeness(a, b) == likeness(b, a)
    text = likeness(a, b).text
    assert text is None or 0 <= text <= 1
    assert likeness(a, a).text in (None, 1.0)


@given(st.integers(0, 10_000))
def test_near_copies_share_a_band(seed: int) -> None:
    one, other = fingerprint_of(prose(seed), None), fingerprint_of(changed(prose(seed), 60), None)
    assert set(bands_of(one)) & set(bands_of(other))
