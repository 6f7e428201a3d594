"""Seals what was typed into a form, so that it can travel through a page and back into that form, and nowhere else.

A seal is made when a form can't be carried out now (signed out, a stale token, too many tries, a password to be given
again). The page that says so holds the seal in a hidden input; once what stood in the way is gone, the seal is opened
and its fields are put back into the form's own page (`web/carrying.py`). Nothing in a seal is ever carried out.

- Encrypted and signed (Fernet: AES-128-CBC and HMAC-SHA-256), under a key of its own derived from SECRET_KEY
  (HKDF, RFC 5869); seals under an earlier key open too.
- Good for LIFE_SECONDS, for the person for whom the form was shown; a form shown to a visitor is put back for whoever
  signs in first.
- At most MAX_SEAL characters; more is shown for copying instead.
- `web/typed.py` decides what goes in: only what a page of this very site sent; no passwords, tokens or files.

To hold a form back until something else was done (such as giving the password again): `seal_of(typed_now())` into a
hidden input named "kept" on that page, and `carry_on(seal)` once it is done. Both are in `web/carrying.py`.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, URLSafeSerializer

LIFE_SECONDS = 2 * 3600
MAX_SEAL = 512 * 1024
"""Characters; a page that carries one stays light enough for a slow phone."""
_PURPOSE = b"typed text"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form."""

    path: str
    """Of the form's page on this site."""
    fields: tuple[tuple[str, str], ...]
    """(name, value) as sent, in the order of the page; a name may come several times."""
    person: int | None = None
    """For whom the form was shown; None for a visitor."""
    had_files: bool = False
    """Whether files were sent along; they don't travel and are chosen again."""


def seal(typed: Typed, keys: Sequence[str], now: datetime) -> str:
    """The seal, a string that is safe in HTML and addresses; empty when it would be longer than MAX_SEAL.

    `keys`: the site's secrets, the newest first.
    """
    packed = zlib.compress(json.dumps(asdict(typed), ensure_ascii=False).encode())
    token = _locks(tuple(keys))[0].encrypt_at_time(packed, int(now.timestamp())).decode()
    return token if len(token) <= MAX_SEAL else ""


def unseal(token: str, keys: Sequence[str], now: datetime) -> Typed | None:
    """What was sealed; None for what is no seal of ours, was changed, or is older than LIFE_SECONDS.

    The caller asks `belongs_to` before showing it to anybody.
    """
    try:
        packed = MultiFernet(_locks(tuple(keys))).decrypt_at_time(token.encode(), LIFE_SECONDS, int(now.timestamp()))
    except InvalidToken:
        return None
    values: dict[str, Any] = json.loads(zlib.decompress(packed))
    values["fields"] = tuple((name, value) for name, value in values["fields"])
    return Typed(**values)


def belongs_to(typed: Typed, person: int | None) -> bool:
    """Whether it may be put back for this person (None: a visitor)."""
    return typed.person in (None, person)


def mark(person: int | None, keys: Sequence[str]) -> str:
    """Says, signed, for whom a form is shown; every form carries it in its field `by`."""
    return str(_marks(keys).dumps(person))


def marked(by: str, keys: Sequence[str]) -> int | None:
    """For whom the form was shown; None for a visitor, and for a mark that is not ours."""
    try:
        return _marks(keys).loads(by)
    except BadSignature:
        return None


def _marks(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(keys)), salt="form shown to")  # itsdangerous signs with the last one


@lru_cache(maxsize=8)
def _locks(keys: tuple[str, ...]) -> list[Fernet]:
    derived = (HKDF(SHA256(), 32, None, _PURPOSE).derive(key.encode()) for key in keys)
    return [Fernet(base64.urlsafe_b64encode(key)) for key in derived]
