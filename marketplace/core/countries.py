"""The countries that a person may name, as ISO 3166 codes and in the words that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from unicodedata import combining, normalize

from babel import Locale

from marketplace.core.money import LOCALE

NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])
"""What Unicode's table has beyond ISO 3166: unions, parts of countries, tests. XK, which Kosovo uses, may stay."""


def _named() -> dict[str, str]:
    territories = cast("Mapping[str, str]", Locale.parse(LOCALE).territories)
    names = {code: name for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES}
    return dict(sorted(names.items(), key=lambda one: _without_accents(one[1])))


def _without_accents(text: str) -> str:
    return "".join(character for character in normalize("NFKD", text) if not combining(character))


COUNTRIES = _named()
"""Alpha-2 code -> name, in the order of the names, accents aside."""


def country_name(code: str) -> str:
    """PT is "Portugal"; a code that is gone from the table stands for itself."""
    return COUNTRIES.get(code, code)
