"""Countries: those of ISO 3166, in alphabetical order."""

from __future__ import annotations

import pytest

from marketplace.core.countries import COUNTRIES, country_name


def test_list_has_the_249_codes_of_iso_3166_and_kosovo() -> None:
    assert len(COUNTRIES) == 249 + 1
    assert "XK" in COUNTRIES


@pytest.mark.parametrize("code", ["EU", "EZ", "UN", "XA", "ZZ", "AC", "419", "UK", "SU"])
def test_unions_and_obsolete_codes_are_no_countries(code: str) -> None:
    assert code not in COUNTRIES


def test_names_are_sorted_ignoring_accents() -> None:
    names = list(COUNTRIES.values())
    assert names[0] == "Afghanistan"
    assert names[1] == "Åland Islands"
    assert names[-1] == "Zimbabwe"


def test_removed_code_is_returned_unchanged() -> None:
    assert country_name("PT") == "Portugal"
    assert country_name("YU") == "YU"
