"""What makes a password good enough: long, and not easy to guess; no rules on its characters (NIST SP 800-63B-4)."""

from __future__ import annotations

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
OUR_WORDS = ("prebuilt", "prototype", "freelance", "marketplace")


def problem_with(password: str, personal: Iterable[str]) -> str | None:
    """Why this can't be the password of somebody with these `personal` words (name, e-mail), or None."""
    if len(password) < MIN_LENGTH:
        return f"Use {MIN_LENGTH} characters or more. Several unrelated words are easy to remember."
    if len(password) > MAX_LENGTH:
        return f"Use {MAX_LENGTH} characters or fewer."
    known = [part for word in personal for part in (word, *word.replace("@", " ").split())]
    judged = zxcvbn.zxcvbn(password[:JUDGED_LENGTH], user_inputs=[*OUR_WORDS, *known])
    if judged["score"] < MIN_SCORE:
        return "That password is easy to guess. Use several unrelated words, none of them your name or address."
    return None


class PasswordRules(PasswordUtil):
    """Has Flask-Security's forms judge new passwords by our rules."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        plain = self.normalize(password)
        person: User | None = kwargs.get("user")
        personal = [person.name, person.email] if person else [str(kwargs.get(key) or "") for key in ("name", "email")]
        problem = problem_with(plain, personal)
        return ([problem] if problem else None), plain
