"""Long and hard-to-guess passwords are accepted: no rules on characters, no personal words, no excessive length."""

from __future__ import annotations

import pytest

from marketplace.accounts.passwords import MAX_LENGTH, problem_with

AMARA = ("Amara Okafor", "amara.okafor@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "gulls argue over cold chips",
        "k7#Qz!w2Lm9@xR4",
        "Amara argues over cold chips",
        "fünf zwölf Möwen über Fähren",
        "海辺の町で青い傘を三本買いました",
        "seven blue ferries leave before breakfast and come home after the lamps are lit along the quay",
    ],
)
def test_good_passwords_are_accepted(password: str) -> None:
    assert problem_with(password, AMARA) is None


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("short but odd", "15 characters or more"),
        ("x" * (MAX_LENGTH + 1), "256 characters or fewer"),
        ("passwordpassword", "easy to guess"),
        ("123456789012345", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("qwertyuiopasdfghjkl", "easy to guess"),
        ("Password1Password1", "easy to guess"),
        ("amara okafor 2026", "your own name"),
        ("amara.okafor@example.com", "your own name"),
        ("4m4r4-0k4f0r-pr3bu1lt", "your own name"),
        ("Okafor!Amara?Prebuilt#1987", "your own name"),
        ("rofako arama prebuilt", "your own name"),
        ("amara.okafor.example.x7", "your own name"),
        ("prototypeprebuilt", "your own name"),
        ("Prebuilt-password1", "your own name"),
        ("my name is Amara Okafor", "your own name"),
    ],
)
def test_bad_passwords_are_refused(password: str, complaint: str) -> None:
    assert complaint in str(problem_with(password, AMARA))
