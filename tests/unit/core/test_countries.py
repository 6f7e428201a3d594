"""Countries: those of ISO 3166, in the order in which people look for them."""

from __future__ import annotations

import pytest

from marketplace.core.countries import COUNTRIES, country_name


def test_the_list_holds_the_249_codes_of_iso_3166_and_kosovos() -> None:
    assert len(COUNTRIES) == 249 + 1
    assert "XK" in COUNTRIES


@pytest.mark.parametrize("code", ["EU", "EZ", "UN", "XA", "ZZ", "AC", "419", "UK", "SU"])
def test_unions_test_codes_and_old_ones_are_no_countries(code: str) -> None:
    assert code not in COUNTRIES


def test_names_stand_in_order_whatever_their_accents() -> None:
    names = list(COUNTRIES.values())
    assert names[0] == "Afghanistan"
    assert names[1] == "Åland Islands"
    assert names[-1] == "Zimbabwe"


def test_a_code_that_is_gone_stands_for_itself() -> None:
    assert country_name("PT") == "Portugal"
    assert country_name("YU") == "YU"
