"""What makes a password good enough: long, and not easy to guess; no rules on its characters (NIST SP 800-63B-4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import zxcvbn
from flask_security.password_util import PasswordUtil

from marketplace.accounts.models import User

MIN_LENGTH = 15
"""Characters; SP 800-63B-4, 3.1.1.2, for passwords that stand alone."""
MAX_LENGTH = 256
"""Characters; far above the 64 that the same section asks for, and low enough to cost no hashing time."""
MIN_SCORE = 3
"""Of zxcvbn's 4: holds against the lists of common and breached passwords that come with it, in any mixture."""
JUDGED_LENGTH = 72
"""Characters that zxcvbn takes; a longer password is judged by its beginning."""
MIN_LEFT = 8
"""Letters and digits that are left of a password without one's own words and ours."""
MIN_WORD = 3
"""Shorter parts of a name are in too many words."""
_LOOKALIKES = str.maketrans("013457@$", "oieastas")
OUR_WORDS = ("prebuilt", "prototype", "freelance", "marketplace")


def problem_with(password: str, personal: Iterable[str]) -> str | None:
    """Why this can't be the password of somebody with these `personal` words (name, e-mail), or None."""
    if len(password) < MIN_LENGTH:
        return f"Use {MIN_LENGTH} characters or more. Several unrelated words are easy to remember."
    if len(password) > MAX_LENGTH:
        return f"Use {MAX_LENGTH} characters or fewer."
    known = [part for word in personal for part in (word, *re.split(r"[\W_]+", word))]
    left = _left_without(password, [*OUR_WORDS, *known])
    if left is not None and (len(left) < MIN_LEFT or _score(left) < MIN_SCORE):
        return (
            "That password is mostly your own name, your address or the name of this site, which are tried first. "
            "Use several words that have nothing to do with you or with us."
        )
    if _score(password, *OUR_WORDS, *known) < MIN_SCORE:
        return "That password is easy to guess. Use several unrelated words, none of them your name or address."
    return None


def _score(password: str, *known: str) -> int:
    """How hard the password is to guess, 0 to 4, for somebody who tries the `known` words too."""
    return int(zxcvbn.zxcvbn(password[:JUDGED_LENGTH], user_inputs=list(known))["score"])


def _left_without(password: str, words: Iterable[str]) -> str | None:
    """The letters and digits that are left once the words are taken out, however they are written; None without any.

    Words that count for nothing must not make the rest look longer: "Prebuilt-password1" is as weak as "password1".
    """
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", password).lower())
    known = list(words)
    plain, lookalike = _stripped(letters, known), _stripped(letters.translate(_LOOKALIKES), known)
    left = min(plain, lookalike, key=len)
    return None if len(left) == len(letters) else left


def _stripped(letters: str, words: Iterable[str]) -> str:
    folded = {re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", word).lower()) for word in words}
    for word in sorted((word for word in folded if len(word) >= MIN_WORD), key=len, reverse=True):
        letters = letters.replace(word, "").replace(word[::-1], "")
    return re.sub(r"(19|20)\d\d", "", letters)


class PasswordRules(PasswordUtil):
    """Has Flask-Security's forms judge new passwords by our rules."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        plain = self.normalize(password)
        person: User | None = kwargs.get("user")
        personal = [person.name, person.email] if person else [str(kwargs.get(key) or "") for key in ("name", "email")]
        problem = problem_with(plain, personal)
        return ([problem] if problem else None), plain
