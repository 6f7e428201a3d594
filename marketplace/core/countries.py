"""Countries that a person may choose: ISO 3166 codes and their English names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from unicodedata import combining, normalize

from babel import Locale

from marketplace.core.money import LOCALE

NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""Codes in the Unicode table that are not ISO 3166 countries (unions, parts of countries, tests). XK (Kosovo) is kept.
"""


def _named() -> dict[str, str]:
    territories = cast("Mapping[str, str]", Locale.parse(LOCALE).territories)
    names = {code: name for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES}
    return dict(sorted(names.items(), key=lambda one: _without_accents(one[1])))


def _without_accents(text: str) -> str:
    return "".join(character for character in normalize("NFKD", text) if not combining(character))


COUNTRIES = _named()
"""Alpha-2 code -> name, sorted by name, ignoring accents."""


def country_name(code: str) -> str:
    """PT -> "Portugal"; a code that is no longer in the table is returned unchanged."""
    return COUNTRIES.get(code, code)
