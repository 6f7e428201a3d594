"""Recognises fields that ask for an identity or a password, whatever their type."""

from __future__ import annotations

import re

CHOICES = frozenset({"hidden", "submit", "button", "image", "reset", "checkbox", "radio"})
"""Input types into which nothing is typed."""
NAMED_BY = ("name", "id", "placeholder", "aria-label")
"""Attributes that say what a field is for."""
WHO = re.compile(
    r"(?:your[\s_-]*)?(?:"
    r"(?:user|login|account|nick)[\s_-]*(?:name|id)|(?:e-?mail|phone|mobile)[\s_-]*(?:address|number|id)"
    r"|id|e-?mail|identifier|loginfmt|login|user|account|phone|mobile|tel)",
    re.IGNORECASE,
)
"""Names of a field that asks who somebody is."""
PASSWORD = re.compile(
    r"(?:(?:enter|repeat|confirm|your|the|user|login|account|current|new|old|my)[\s_-]*)*"
    r"(?:pass(?:word|wort|wd|phrase|code)|pwd|pswd|kennwort|contraseña|mot[\s_-]?de[\s_-]?passe"
    r"|(?:user|login|account)[\s_-]*pass)[\s\d_*:.…-]*",
    re.IGNORECASE,
)
"""Names of password fields, but not "pass" alone (a boarding pass); rehearsal.js uses it too."""
NAMED_TYPES = frozenset({"", "text", "password", "tel"})
"""Input types for which the name decides."""
