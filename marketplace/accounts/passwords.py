"""Password rules: long, and hard to guess; no rules on characters (NIST SP 800-63B-4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import zxcvbn
from flask_security.password_util import PasswordUtil

from marketplace.accounts.models import User

MIN_LENGTH = 15
"""Characters; NIST SP 800-63B-4, 3.1.1.2, for passwords used alone."""
MAX_LENGTH = 256
"""Characters; far above the 64 required by the same section, low enough to cost no hashing time."""
MIN_SCORE = 3
"""Of zxcvbn's 4: withstands its lists of common and breached passwords, in any combination."""
JUDGED_LENGTH = 72
"""Characters passed to zxcvbn; a longer password is judged by its beginning."""
MIN_LEFT = 8
"""Letters and digits that must remain of a password without the person's own words and ours."""
MIN_WORD = 3
"""Characters; shorter parts of a name occur in too many words."""
_LOOKALIKES = str.maketrans("013457@$", "oieastas")
OUR_WORDS = ("prebuilt", "prototype", "freelance", "marketplace")


def problem_with(password: str, personal: Iterable[str]) -> str | None:
    """Why a person with these `personal` words (name, e-mail) can't use this password, or None."""
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
    """Score by zxcvbn, 0 to 4, against an attacker who also tries the `known` words."""
    return int(zxcvbn.zxcvbn(password[:JUDGED_LENGTH], user_inputs=list(known))["score"])


def _left_without(password: str, words: Iterable[str]) -> str | None:
    """The letters and digits left after removing the words in any spelling; None if the password contains none of them.

    Removed words must not add to the length: "Prebuilt-password1" is as weak as "password1".
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
    """Make Flask-Security's forms check new passwords by our rules."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        plain = self.normalize(password)
        person: User | None = kwargs.get("user")
        personal = [person.name, person.email] if person else [str(kwargs.get(key) or "") for key in ("name", "email")]
        problem = problem_with(plain, personal)
        return ([problem] if problem else None), plain
