"""How fields that ask for somebody's name or password are told from others, whatever type they say they have."""

from __future__ import annotations

import re

CHOICES = frozenset({"hidden", "submit", "button", "image", "reset", "checkbox", "radio"})
"""Types of input into which nothing is typed."""
NAMED_BY = ("name", "id", "placeholder", "aria-label")
"""Attributes that say what a field is for."""
WHO = re.compile(
    r"(?:your|user|login|account|e-?mail|phone|mobile|nick)?[\s_-]*"
    r"(?:name|id|e-?mail|identifier|loginfmt|login|user|account|address|phone|mobile|tel|number)",
    re.IGNORECASE,
)
"""Names of a field that asks who somebody is."""
PASSWORD = re.compile(
    r"(?:(?:enter|repeat|confirm|your|the|user|login|account|current|new|old|my)[\s_-]*)*"
    r"(?:pass(?:word|wort|wd|phrase|code)?|pwd|pswd|passwort|kennwort|contraseña|mot[\s_-]?de[\s_-]?passe)[\s\d_*:.…-]*",
    re.IGNORECASE,
)
"""What a password field is called; rehearsal.js reads it too."""
