"""Which signals link two accounts: a table of cases, and groups independent of order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.linking_rules import CROWD, Shared, groups_of, pair_of, refusal, what_links

MONTHS, MINUTES = timedelta(days=60), timedelta(minutes=20)
HOME, OFFICE = Shared("address", 2), Shared("address", CROWD + 1)

CASES = {
    "nothing in common": ([], MINUTES, None),
    "the same browser": ([Shared("device")], MONTHS, "device"),
    "a browser that many used is still one browser": ([Shared("device", 40)], MONTHS, "device"),
    "the same payout account": ([Shared("payout")], MONTHS, "payout"),
    "an address alone, made months apart": ([HOME], MONTHS, None),
    "an address, made within the hour": ([HOME], MINUTES, "address"),
    "the same, whoever was first": ([HOME], -MINUTES, "address"),
    "an office, made within the hour": ([OFFICE], MINUTES, None),
    "several offices": ([OFFICE, OFFICE], MINUTES, None),
    "an office and a browser": ([OFFICE, Shared("device")], MONTHS, "device"),
    "money says more than a browser": ([Shared("device"), Shared("payout")], MONTHS, "payout"),
}


@pytest.mark.parametrize(("shared", "apart", "expected"), CASES.values(), ids=CASES)
def test_what_links_two_accounts(shared: list[Shared], apart: timedelta, expected: str | None) -> None:
    assert what_links(shared, apart) == expected


@given(st.lists(st.builds(Shared, st.just("address"), st.integers(2, 10_000)), max_size=30))
def test_shared_addresses_never_link_accounts_made_at_different_times(shared: list[Shared]) -> None:
    assert what_links(shared, timedelta(hours=1, seconds=1)) is None


def test_accounts_linked_through_a_third_are_one_group() -> None:
    assert groups_of([(5, 9), (1, 2), (2, 5)]) == [[1, 2, 5, 9]]
    assert groups_of([(1, 2), (8, 9)]) == [[1, 2], [8, 9]]
    assert groups_of([]) == []


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda pair: pair[0] != pair[1])))
def test_groups_do_not_depend_on_order_of_links(pairs: list[tuple[int, int]]) -> None:
    groups = groups_of(pairs)
    assert groups == groups_of([(high, low) for low, high in reversed(pairs)])
    assert sorted(one for group in groups for one in group) == sorted({one for pair in pairs for one in pair})
    assert all(any({*pair} <= {*group} for group in groups) for pair in pairs)


def test_pair_is_normalized() -> None:
    assert pair_of(7, 3) == pair_of(3, 7) == (3, 7)


def test_refusal_gives_reason_and_contact() -> None:
    words = refusal("device", "the client’s", "bid on each other’s jobs")
    assert "the same browser" in words
    assert "bid on each other’s jobs" in words
    assert "tell a moderator" in words
