from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.throttling import CROWDED, GROWING, LINKS, STRICT, Limit
from marketplace.core.networks import network_of
from tests.support.factories import START

RESET_LINK_WORKS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("limit", "tries", "seconds"),
    [
        (STRICT, 9, 0),
        (STRICT, 10, 3600),
        (STRICT, 50, 3600),
        (GROWING, 9, 0),
        (GROWING, 10, 5),
        (GROWING, 11, 10),
        (GROWING, 13, 40),
        (GROWING, 18, 900),
        (GROWING, 10_000, 900),
        (CROWDED, 99, 0),
        (CROWDED, 100, 60),
        (LINKS, 1, 0),
        (LINKS, 2, 300),
        (LINKS, 100, 1800),
    ],
)
def test_wait_grows_up_to_its_maximum(limit: Limit, tries: int, seconds: int) -> None:
    assert limit.wait_after(tries) == timedelta(seconds=seconds)


def test_tries_expire_after_a_pause() -> None:
    assert STRICT.counted(10, START, START + timedelta(minutes=59)) == 10
    assert STRICT.counted(10, START, START + timedelta(hours=1)) == 0


def test_link_outlasts_the_wait_for_the_next() -> None:
    assert LINKS.longest_wait < RESET_LINK_WORKS


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unix:", "unix:"),
    ],
)
def test_ipv6_network_is_the_64_prefix(address: str, network: str) -> None:
    assert network_of(address) == network
