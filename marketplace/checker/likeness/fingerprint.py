"""Makes a page's fingerprint: MinHash of its text's shingles, perceptual hash of its screenshot.

datasketch and imagehash load SciPy, a fifth of what a process takes to start, so only those who compute a print load
them.
"""

from __future__ import annotations

import re
import struct
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageStat

from marketplace.checker.likeness.compare import HASH_SIDE, PERMUTATIONS, PageFingerprint

SHINGLE = 4
"""Words per shingle; long enough that common phrases don't make two pages alike."""
MIN_WORDS = 40
"""Words; a shorter text is similar to too many others."""
MAX_WORDS = 20_000
TOP = 1280
"""Pixels of the screenshot's height that are hashed, at 1280 px width: the part that visitors see first."""
MIN_CONTRAST = 8.0
"""Standard deviation of the grey levels; a flatter picture is not hashed."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
"""A word, or one character of scripts that write without spaces."""


def fingerprint_of(text: str, picture: bytes | None) -> PageFingerprint:
    """The print of a page's visible text and its screenshot (any format that Pillow reads)."""
    words: list[str] = _WORD.findall(text.casefold())[:MAX_WORDS]
    return PageFingerprint(len(words), _minhash(words), _picture_hash(picture) if picture else None)


def _minhash(words: list[str]) -> bytes | None:
    if len(words) < MIN_WORDS:
        return None
    from datasketch import MinHash

    shingles = {" ".join(words[at : at + SHINGLE]).encode() for at in range(len(words) - SHINGLE + 1)}
    sketch: Any = MinHash(num_perm=PERMUTATIONS, seed=1, scheme="affine32")
    sketch.update_batch(sorted(shingles))
    return struct.pack(f"<{PERMUTATIONS}I", *sketch.hashvalues)


def _picture_hash(picture: bytes) -> bytes | None:
    with Image.open(BytesIO(picture)) as image:
        grey = image.crop((0, 0, image.width, min(image.height, TOP))).convert("L")
    if ImageStat.Stat(grey).stddev[0] < MIN_CONTRAST:
        return None
    import imagehash

    found: Any = imagehash.phash(grey, hash_size=HASH_SIDE)
    return bytes(np.packbits(found.hash))
