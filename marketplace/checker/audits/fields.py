"""How fields that ask for somebody's name or password are told from others, whatever type they say they have."""

from __future__ import annotations

import re

CHOICES = frozenset({"hidden", "submit", "button", "image", "reset", "checkbox", "radio"})
"""Types of input into which nothing is typed."""
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
"""What a password field is called, by more than "pass", which may be one to board with; rehearsal.js reads it too."""
NAMED_TYPES = frozenset({"", "text", "password", "tel"})
"""Types of input for which the name tells that."""
