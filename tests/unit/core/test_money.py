"""Money is parsed, stored and formatted without losing a cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import money


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1250", "EUR", 125000),
        ("1,250.50", "EUR", 125050),
        (" 2 500 ", "JPY", 2500),
        ("0", "USD", 0),
        ("1.234", "KWD", 1234),
        ("12.5", "EUR", 1250),
        (".50", "EUR", 50),
        ("1,234,567", "EUR", 123456700),
    ],
)
def test_amounts_are_parsed_as_people_type_them(typed: str, currency: str, minor: int) -> None:
    assert money.parse(typed, currency) == minor


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1.234", "nan", "inf", "1e99", "1e999999", "1_000", "٣", "9" * 60])
def test_invalid_euro_amounts_are_refused(typed: str) -> None:
    with pytest.raises(money.NotMoney):
        money.parse(typed, "EUR")


@pytest.mark.parametrize("typed", ["12,50", "1.250,50", "1,2345", "1,25,000", ",50", "12,"])
def test_decimal_comma_is_refused_instead_of_multiplying_by_a_hundred(typed: str) -> None:
    with pytest.raises(money.NotMoney, match="decimals after a point"):
        money.parse(typed, "EUR")


def test_cents_are_shown_only_if_not_zero() -> None:
    assert (money.display(290000, "EUR"), money.display(290050, "EUR")) == ("€2,900", "€2,900.50")


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (150_125, "KWD", "KWD\u00a0150.125"),
        (290_000, "CHF", "CHF\u00a02,900"),
        (290_050, "CHF", "CHF\u00a02,900.50"),
        (290_050, "CAD", "CA$2,900.50"),
        (1_250, "JPY", "JP¥1,250"),
        (125_000, "XOF", "F\u202fCFA\u00a0125,000"),
    ],
)
def test_currency_code_is_separated_from_amount_by_a_space(minor: int, currency: str, shown: str) -> None:
    assert money.display(minor, currency) == shown


@pytest.mark.parametrize(
    ("typed", "currency", "step", "near"),
    [
        ("12.345", "KWD", 10, "end in 0 in the third decimal: 12.340 or 12.350."),
        ("10045.50", "HUF", 100, "have no decimals: 10045 or 10046."),
        ("0.001", "TND", 10, "end in 0 in the third decimal: 0.010."),
    ],
)
def test_amount_between_two_steps_is_refused_with_its_neighbours(
    typed: str, currency: str, step: int, near: str
) -> None:
    with pytest.raises(money.NotMoney, match=near):
        money.parse(typed, currency, step)


@given(st.integers(0, money.MAX_MINOR), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_amount_formatted_for_editing_parses_back_unchanged(minor: int, currency: str) -> None:
    assert money.parse(money.plain(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (1004550, "HUF", "HUF\xa010,045.50"),
        (250050, "COP", "COP\xa02,500.50"),
        (250050, "IDR", "IDR\xa02,500.50"),
        (2500, "RSD", "RSD\xa02,500"),
        (2500, "JPY", "JP¥2,500"),
    ],
)
def test_stored_amounts_do_not_depend_on_the_library(minor: int, currency: str, shown: str) -> None:
    assert money.display(minor, currency) == shown
    assert money.parse(money.plain(minor, currency), currency) == minor
