"""What a page can be recognised by: MinHash of its text's shingles, perceptual hash of its picture."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import imagehash
import numpy as np
from datasketch import MinHash
from PIL import Image, ImageStat

SHINGLE = 4
"""Words in a row; long enough that common phrases don't make two pages alike."""
PERMUTATIONS = 128
MIN_WORDS = 40
"""A text shorter than this is like too many others."""
MAX_WORDS = 20_000
TOP = 1280
"""Pixels of the screenshot's height that count, at 1280 px width: the part that visitors see first."""
MIN_CONTRAST = 8.0
"""Standard deviation of the grey levels; a picture flatter than that tells nothing."""
HASH_SIDE = 16
HASH_BITS = HASH_SIDE * HASH_SIDE
TEXT_BANDS, ROWS = 20, 6
"""Pages that share 80 % of their shingles share a band in 998 of 1,000 cases: 1 - (1 - 0.8^6)^20 (Leskovec,
Rajaraman, Ullman, "Mining of Massive Datasets", 3.4.2); those that share 40 %, in 8 of 100."""
PICTURE_BANDS = 8
"""Of 32 bits each: pictures that differ in 7 of 256 bits or fewer share a band for certain."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
"""A word, or one character of scripts that write without spaces."""


@dataclass(frozen=True, slots=True)
class Print:
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
    """Neither has text to go by."""


def fingerprint_of(text: str, picture: bytes | None) -> Print:
    """The print of a page's visible text and its screenshot (any format that Pillow reads)."""
    words: list[str] = _WORD.findall(text.casefold())[:MAX_WORDS]
    return Print(len(words), _minhash(words), _picture_hash(picture) if picture else None)


def likeness(one: Print, other: Print) -> Likeness:
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


def bands_of(print_: Print) -> list[int]:
    """The index's keys: prints that share one are looked at closely, no others. Signed 64-bit integers."""
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


def _minhash(words: list[str]) -> bytes | None:
    if len(words) < MIN_WORDS:
        return None
    shingles = {" ".join(words[at : at + SHINGLE]).encode() for at in range(len(words) - SHINGLE + 1)}
    sketch: Any = MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32")
    sketch.update_batch(sorted(shingles))
    return struct.pack(f"<{PERMUTATIONS}I", *sketch.hashvalues)


def _picture_hash(picture: bytes) -> bytes | None:
    with Image.open(BytesIO(picture)) as image:
        grey = image.crop((0, 0, image.width, min(image.height, TOP))).convert("L")
    if ImageStat.Stat(grey).stddev[0] < MIN_CONTRAST:
        return None
    found: Any = imagehash.phash(grey, hash_size=HASH_SIDE)
    return bytes(np.packbits(found.hash))
