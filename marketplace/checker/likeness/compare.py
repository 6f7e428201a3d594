"""Compares fingerprints, and decides what is a near-copy; pure, and cheap to import."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

PERMUTATIONS = 128
HASH_SIDE = 16
HASH_BITS = HASH_SIDE * HASH_SIDE
TEXT_BANDS, ROWS = 20, 6
"""Pages that share 80 % of their shingles share a band in 998 of 1,000 cases: 1 - (1 - 0.8^6)^20 (Leskovec,
Rajaraman, Ullman, "Mining of Massive Datasets", 3.4.2); those that share 40 %, in 8 of 100."""
PICTURE_BANDS = 8
"""Of 32 bits each: pictures that differ in 7 of 256 bits or fewer share a band for certain."""
SAME_TEXT = 0.8
"""This share of text in common makes a near-copy by itself."""
LIKE_TEXT, LIKE_PICTURE = 0.5, 0.9
"""Both together make a near-copy too: half the text and nearly the same look."""
SAME_PICTURE = 0.97
"""Makes a near-copy only between pages with next to no words, since many sites share a template."""


@dataclass(frozen=True, slots=True)
class PageFingerprint:
    """A page's fingerprint."""

    words: int
    text: bytes | None = None
    """128 hashes of 32 bits; None for a page with too few words."""
    picture: bytes | None = None
    """256 bits; None without a telling picture."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two pages are, each 0..1; None where one of them has no such print."""

    text: float | None
    """The share of shingles in common (Jaccard), give or take 0.04."""
    picture: float | None
    """The share of equal bits; unrelated pictures have about a half."""
    is_wordless: bool = False
    """Neither has enough text to compare."""


def likeness(one: PageFingerprint, other: PageFingerprint) -> Likeness:
    """How alike two pages are."""
    text = picture = None
    if one.text and other.text:
        pairs = zip(_hashes(one.text), _hashes(other.text), strict=True)
        text = sum(a == b for a, b in pairs) / PERMUTATIONS
    if one.picture and other.picture:
        differing = (int.from_bytes(one.picture, "big") ^ int.from_bytes(other.picture, "big")).bit_count()
        picture = 1 - differing / HASH_BITS
    return Likeness(text, picture, is_wordless=not one.text and not other.text)


def _hashes(text: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{PERMUTATIONS}I", text)


def bands_of(print_: PageFingerprint) -> list[int]:
    """LSH keys, signed 64-bit integers: only fingerprints that share one are compared."""
    text_band, picture_band = ROWS * 4, HASH_BITS // 8 // PICTURE_BANDS
    keys: list[int] = []
    if print_.text:
        keys += [_key(b"t", at, print_.text[at * text_band : (at + 1) * text_band]) for at in range(TEXT_BANDS)]
    if print_.picture:
        parts = range(PICTURE_BANDS)
        keys += [_key(b"p", at, print_.picture[at * picture_band : (at + 1) * picture_band]) for at in parts]
    return keys


def _key(kind: bytes, number: int, values: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(kind + bytes([number]) + values, digest_size=8).digest(), signed=True)


def is_near_copy(found: Likeness) -> bool:
    """The rule: very similar text, or similar text and picture; a picture alone only without text."""
    text, picture = found.text or 0.0, found.picture or 0.0
    return (
        text >= SAME_TEXT
        or (text >= LIKE_TEXT and picture >= LIKE_PICTURE)
        or (found.is_wordless and picture >= SAME_PICTURE)
    )
