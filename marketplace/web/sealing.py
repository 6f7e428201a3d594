"""Encrypt and sign typed input, so that it can pass through a page back into its own form and nowhere else.

A seal is made when a form can't be carried out now (signed out, a stale token, too many tries, a password to be given
again). The page that says so holds the seal in a hidden input; once the obstacle is gone, the seal is opened and its
fields go back into the form's own page (`web/carrying.py`). Sealed input is never carried out.

- Encrypted and signed (Fernet: AES-128-CBC and HMAC-SHA-256), with its own key, derived from SECRET_KEY
  (HKDF, RFC 5869); seals under earlier keys open too.
- Valid for LIFE_SECONDS and for the person to whom the form was shown; a visitor's form for whoever signs in first.
- At most MAX_SEAL characters; longer input is shown for copying instead.
- `web/typed.py` decides what is sealed: only input sent by a page of this site; no passwords, tokens or files.

To hold a form until another step is done (such as giving the password again): `seal_of(typed_now())` into a hidden
input named "kept" on that page, and `carry_on(seal)` once it is done. Both are in `web/carrying.py`.
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
"""Characters; keeps a page that carries a seal light enough for a slow phone."""
_PURPOSE = b"typed text"


@dataclass(frozen=True, slots=True)
class Typed:
    """Input typed into a form."""

    path: str
    """Path of the form's page on this site."""
    fields: tuple[tuple[str, str], ...]
    """(name, value) as sent, in the order of the page; a name may repeat."""
    person: int | None = None
    """User id for whom the form was shown; None for a visitor."""
    had_files: bool = False
    """Whether files were sent too; they are not sealed and must be chosen again."""


def seal(typed: Typed, keys: Sequence[str], now: datetime) -> str:
    """Return the seal, a string safe in HTML and addresses; empty when it would be longer than MAX_SEAL.

    `keys`: the site's secrets, newest first.
    """
    packed = zlib.compress(json.dumps(asdict(typed), ensure_ascii=False).encode())
    token = _locks(tuple(keys))[0].encrypt_at_time(packed, int(now.timestamp())).decode()
    return token if len(token) <= MAX_SEAL else ""


def unseal(token: str, keys: Sequence[str], now: datetime) -> Typed | None:
    """Open a seal; None if it is not ours, was changed, or is older than LIFE_SECONDS.

    The caller must check `belongs_to` before showing the input to anybody.
    """
    try:
        packed = MultiFernet(_locks(tuple(keys))).decrypt_at_time(token.encode(), LIFE_SECONDS, int(now.timestamp()))
    except InvalidToken:
        return None
    values: dict[str, Any] = json.loads(zlib.decompress(packed))
    values["fields"] = tuple((name, value) for name, value in values["fields"])
    return Typed(**values)


def belongs_to(typed: Typed, person: int | None) -> bool:
    """Whether the input may be restored for this person (None: a visitor)."""
    return typed.person in (None, person)


def mark(person: int | None, keys: Sequence[str]) -> str:
    """Sign for whom a form is shown; every form carries this in its field `by`."""
    return str(_marks(keys).dumps(person))


def marked(by: str, keys: Sequence[str]) -> int | None:
    """Return for whom the form was shown; None for a visitor or an invalid mark."""
    try:
        return _marks(keys).loads(by)
    except BadSignature:
        return None


def _marks(keys: Sequence[str]) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(keys)), salt="form shown to")  # itsdangerous signs with the last key


@lru_cache(maxsize=8)
def _locks(keys: tuple[str, ...]) -> list[Fernet]:
    derived = (HKDF(SHA256(), 32, None, _PURPOSE).derive(key.encode()) for key in keys)
    return [Fernet(base64.urlsafe_b64encode(key)) for key in derived]
