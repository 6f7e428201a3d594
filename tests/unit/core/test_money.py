"""Money is read, kept and shown without losing a cent."""

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
def test_reads_amounts_as_people_type_them(typed: str, currency: str, minor: int) -> None:
    assert money.parse(typed, currency) == minor


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1.234", "nan", "inf", "1e99", "1e999999", "1_000", "٣", "9" * 60])
def test_refuses_what_is_no_amount_of_euros(typed: str) -> None:
    with pytest.raises(money.NotMoney):
        money.parse(typed, "EUR")


@pytest.mark.parametrize("typed", ["12,50", "1.250,50", "1,2345", "1,25,000", ",50", "12,"])
def test_a_decimal_comma_is_refused_rather_than_taken_for_a_hundred_times_as_much(typed: str) -> None:
    with pytest.raises(money.NotMoney, match="decimals after a point"):
        money.parse(typed, "EUR")


def test_shows_cents_only_when_there_are_some() -> None:
    assert (money.display(290000, "EUR"), money.display(290050, "EUR")) == ("€2,900", "€2,900.50")


@given(st.integers(0, money.MAX_MINOR), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_shown_for_editing_reads_back_the_same(minor: int, currency: str) -> None:
    assert money.parse(money.plain(minor, currency), currency) == minor
