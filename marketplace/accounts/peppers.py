"""Hashes passwords: Argon2 of an HMAC under a pepper that only the site has, so that a stolen database isn't enough.

Each check costs one Argon2, however many peppers there are: a hash names the pepper that it was made with, in eight
digits after a #. One that names none is of the oldest, so it reads as it did before peppers could be changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from passlib.context import CryptContext


class PepperedHashes:
    """What Flask-Security asks of passlib's context."""

    def __init__(self, context: CryptContext, peppers: Sequence[str]) -> None:
        """`peppers`: the newest first; it hashes, all of them verify."""
        self.context: Any = context
        self.newest = peppers[0]
        self.by_mark = {mark_of(pepper): pepper for pepper in reversed(peppers)}
        self.unmarked = peppers[-1]

    def hash(self, password: str | bytes, **_: Any) -> str:
        """A new hash, under the newest pepper."""
        hashed: str = self.context.hash(_peppered(password, self.newest))
        return hashed if self.newest == self.unmarked else f"{hashed}#{mark_of(self.newest)}"

    def verify(self, password: str | bytes, stored: str) -> bool:
        """Whether it is this password; never for one under a pepper that is gone."""
        hashed, pepper = self._read(stored)
        matches: bool = self.context.verify(_peppered(password, pepper or self.newest), hashed)
        return matches and pepper is not None

    def needs_update(self, stored: str, **_: Any) -> bool:
        """Whether it is under an earlier pepper, or weaker than what we hash with now."""
        hashed, pepper = self._read(stored)
        return pepper != self.newest or bool(self.context.needs_update(hashed))

    def identify(self, stored: str) -> str | None:
        """Argon2, or whatever an old hash was made with; None for what is no hash."""
        scheme: str | None = self.context.identify(self._read(stored)[0])
        return scheme

    def _read(self, stored: str) -> tuple[str, str | None]:
        hashed, _, mark = stored.partition("#")
        return hashed, self.by_mark.get(mark) if mark else self.unmarked


def mark_of(pepper: str) -> str:
    """Names a pepper without telling anything of it."""
    return hmac.digest(pepper.encode(), b"prebuilt pepper", hashlib.sha256)[:4].hex()


def _peppered(password: str | bytes, pepper: str) -> bytes:
    plain = password.encode() if isinstance(password, str) else password
    return base64.b64encode(hmac.digest(pepper.encode(), plain, hashlib.sha512))
