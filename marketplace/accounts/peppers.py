"""Hash passwords: Argon2 of an HMAC under a secret pepper, so that a stolen database isn't enough.

Each check costs one Argon2, however many peppers there are: a hash ends in # and eight digits that name its pepper.
Without them it is of the oldest, the format used before peppers could be changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from passlib.context import CryptContext


class PepperedHashes:
    """The interface that Flask-Security expects of passlib's context."""

    def __init__(self, context: CryptContext, peppers: Sequence[str]) -> None:
        """`peppers`: newest first; the first hashes, all of them verify."""
        self.context: Any = context
        self.newest = peppers[0]
        self.by_mark = {mark_of(pepper): pepper for pepper in reversed(peppers)}
        self.unmarked = peppers[-1]

    def hash(self, password: str | bytes, **_: Any) -> str:
        """A new hash, under the newest pepper."""
        hashed: str = self.context.hash(_peppered(password, self.newest))
        return hashed if self.newest == self.unmarked else f"{hashed}#{mark_of(self.newest)}"

    def verify(self, password: str | bytes, stored: str) -> bool:
        """Whether the password matches; never for a hash under a removed pepper."""
        hashed, pepper = self._read(stored)
        matches: bool = self.context.verify(_peppered(password, pepper or self.newest), hashed)
        return matches and pepper is not None

    def needs_update(self, stored: str, **_: Any) -> bool:
        """Whether the hash uses an earlier pepper, or is weaker than today's."""
        hashed, pepper = self._read(stored)
        return pepper != self.newest or bool(self.context.needs_update(hashed))

    def identify(self, stored: str) -> str | None:
        """Argon2, or the scheme of an old hash; None for what is no hash."""
        scheme: str | None = self.context.identify(self._read(stored)[0])
        return scheme

    def _read(self, stored: str) -> tuple[str, str | None]:
        hashed, _, mark = stored.partition("#")
        return hashed, self.by_mark.get(mark) if mark else self.unmarked


def mark_of(pepper: str) -> str:
    """Identify a pepper without revealing it."""
    return hmac.digest(pepper.encode(), b"prebuilt pepper", hashlib.sha256)[:4].hex()


def _peppered(password: str | bytes, pepper: str) -> bytes:
    plain = password.encode() if isinstance(password, str) else password
    return base64.b64encode(hmac.digest(pepper.encode(), plain, hashlib.sha512))
