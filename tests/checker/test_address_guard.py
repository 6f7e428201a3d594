"""The address guard refuses what its tables name, and nothing just beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address, ip_network

import pytest

from marketplace.checker.guard.address import IPAddress, Link, Refusal, approve, classify, parse_link
from marketplace.checker.guard.blocks import _BLOCKS  # pyright: ignore[reportPrivateUsage] (the table itself is under test)
from tests.support.guard_addresses import ADDRESSES, EDGES
from tests.support.guard_cases import LINKS
from tests.support.guard_sources import Source


def resolving_to(*addresses: str) -> Callable[[str], Awaitable[list[IPAddress]]]:
    async def resolve(host: str) -> list[IPAddress]:
        return [ip_address(address) for address in addresses]

    return resolve


def approved(url: str, *addresses: str, exceptions: frozenset[str] = frozenset()) -> tuple[IPAddress, ...] | Refusal:
    link = parse_link(url, exceptions)
    return link if isinstance(link, Refusal) else asyncio.run(approve(link, resolving_to(*addresses), exceptions))


def test_the_tables_hold_at_least_125_cases() -> None:
    assert len(LINKS) + len(ADDRESSES) >= 125


@pytest.mark.parametrize(("url", "code", "source"), LINKS.values(), ids=LINKS)
def test_malformed_link_is_refused(url: str, code: str, source: Source) -> None:
    read = parse_link(url)
    assert (read.code if isinstance(read, Refusal) else "") == code


@pytest.mark.parametrize(("address", "code", "source"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_is_refused(address: str, code: str, source: Source) -> None:
    refusal = classify(ip_address(address))
    assert (refusal.code if refusal else "") == code


@pytest.mark.parametrize(("block", "last", "before", "after"), [(b, *edge) for b, edge in EDGES.items()], ids=EDGES)
def test_block_is_refused_up_to_its_edges(block: str, last: str, before: str | None, after: str | None) -> None:
    network = ip_network(block)
    assert str(network[-1]) == last
    assert classify(network[0])
    assert classify(network[-1])
    for outside in (before, after):
        assert outside is None or classify(ip_address(outside)) is None


def test_every_block_that_borders_on_public_addresses_has_its_edges_tested() -> None:
    outside_global_ipv6 = {block for block, *_ in _BLOCKS if ":" in block and not block.startswith(("2", "3fff"))}
    assert {block for block, *_ in _BLOCKS} - outside_global_ipv6 == set(EDGES)


def test_the_edges_of_global_ipv6() -> None:
    assert classify(ip_address("2000::")) is None
    assert classify(ip_address("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com/",
        "https://example.com:8443/a/b?c=d&e=%0d%0a#f",
        "http://example.com:8080/",
        "HTTPS://Example.COM/",
        "https://bücher.example/",
        "https://xn--bcher-kva.example/",
        "https://straße.example/",
        "https://under_score.example.com/",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]/",
        "https://[2606:4700:4700:0:0:0:0:1111]:8443/",
        "https://example.com/a path with spaces",
        "https://example.com/@someone",
        "https://example.com/?next=http://127.0.0.1/",
        "http://example.com#@127.0.0.1/",
        "http://example.com?@127.0.0.1/",
    ],
)
def test_a_plain_public_link_is_read(url: str) -> None:
    assert isinstance(parse_link(url), Link)


def test_a_link_is_read_as_browsers_read_it() -> None:
    link = parse_link("HTTPS://Bücher.Example:8443/a b?ü#top")
    assert link == Link(
        "https://xn--bcher-kva.example:8443/a%20b?%C3%BC", "https", "xn--bcher-kva.example", 8443, "/a%20b?%C3%BC", None
    )


def test_the_default_port_may_be_spelled_out() -> None:
    link = parse_link("https://example.com:443/")
    assert isinstance(link, Link)
    assert (link.port, link.origin) == (443, "https://example.com")


def test_public_answers_are_approved_ipv4_first_and_once_each() -> None:
    answer = approved("https://example.com/", "2606:4700::1111", "1.1.1.1", "1.1.1.1")
    assert answer == (ip_address("1.1.1.1"), ip_address("2606:4700::1111"))


def test_an_exception_is_one_exact_host_and_port() -> None:
    exceptions = frozenset({"127.0.0.1:8701"})
    assert approved("http://127.0.0.1:8701/x", exceptions=exceptions) == (ip_address("127.0.0.1"),)
    for other in ("http://127.0.0.1:8702/", "http://127.0.0.2:8701/", "http://localhost:8701/", "http://127.1:8701/"):
        assert isinstance(approved(other, "127.0.0.1", exceptions=exceptions), Refusal), other


def test_name_resolving_to_an_exceptions_address_is_refused() -> None:
    assert isinstance(
        approved("http://example.com:8080/", "127.0.0.1", exceptions=frozenset({"127.0.0.1:8080"})), Refusal
    )


def test_a_refusal_says_why_in_words_the_bidder_understands() -> None:
    refusal = parse_link("http://192.168.1.10/")
    assert isinstance(refusal, Refusal)
    assert refusal.sentence == "This link points to a private network address, which we never open."


@pytest.mark.parametrize(
    "url", ["http://\ud800.com/", "http://[", "http://]", "http://%", "http://:80", "http://?", "//"]
)
def test_malformed_input_is_refused_without_an_error(url: str) -> None:
    assert isinstance(parse_link(url), Refusal)
