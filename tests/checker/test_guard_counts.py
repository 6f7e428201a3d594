"""Every case of the guard's tables asked of the real checker: whatever is refused, nobody is called.

The counter hears each connection, packet and look-up before it leaves; so that it is known to hear, the same addresses
are also asked for without a guard, and those just outside the refused blocks through it.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from ipaddress import ip_address

import pytest

from marketplace.checker.engine import Checker
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.fetch.result import FetchLimits
from marketplace.checker.guard.address import IPAddress, Link
from marketplace.checker.guard.name_resolution import NameFailure, NameProblem
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest
from tests.support.canaries import Calls
from tests.support.guard_addresses import ADDRESSES, ANSWERS, EDGES
from tests.support.guard_cases import LINKS
from tests.support.guard_sources import Source

OUTSIDE = [address for _, *outside in EDGES.values() for address in outside if address]
NAMED = "http://example.com/"


def asked(url: str, *answers: str) -> tuple[str, str, list[str]]:
    """A quick check of `url`, any name resolving to `answers`: its state, its reason, and who was called."""

    async def resolve(host: str) -> list[IPAddress]:
        if not answers:
            raise NameFailure(NameProblem.UNKNOWN_NAME)
        return [ip_address(answer) for answer in answers]

    async def check() -> tuple[str, str]:
        async with aclosing(Checker(Setup(guard=Guard(resolver=resolve), politeness=UNLIMITED))) as checker:
            record = await checker.check(CheckRequest(url))
            return record.state, record.reason

    with Calls() as calls:
        state, reason = asyncio.run(check())
    return state, reason, calls.made


def in_a_link(address: str) -> str:
    return f"http://[{address}]/" if ":" in address else f"http://{address}/"


def place(address: str) -> str:
    return f"{ip_address(address)}:80"


@pytest.mark.parametrize(("url", "code", "source"), LINKS.values(), ids=LINKS)
def test_refused_link_makes_no_connection(url: str, code: str, source: Source) -> None:
    assert asked(url, "1.1.1.1") == ("refused", code, [])


@pytest.mark.parametrize(("address", "code", "source"), ADDRESSES.values(), ids=ADDRESSES)
def test_refused_address_makes_no_connection(address: str, code: str, source: Source) -> None:
    assert asked(in_a_link(address)) == ("refused", code, [])
    assert asked(NAMED, address) == ("refused", code, [])
    assert asked(NAMED, "1.1.1.1", address, "2606:4700::1111") == ("refused", code, [])


@pytest.mark.parametrize(("answers", "code", "source"), ANSWERS.values(), ids=ANSWERS)
def test_any_refused_dns_answer_makes_no_connection(answers: tuple[str, ...], code: str, source: Source) -> None:
    assert asked(NAMED, *answers) == ("refused", code, [])


@pytest.mark.parametrize("address", OUTSIDE)
def test_address_just_outside_a_block_is_connected_to(address: str) -> None:
    assert asked(in_a_link(address)) == ("broken", "connection_refused", [place(address)])
    assert asked(NAMED, address) == ("broken", "connection_refused", [place(address)])


@pytest.mark.parametrize(("address", "code", "source"), ADDRESSES.values(), ids=ADDRESSES)
def test_without_a_guard_the_connection_is_counted(address: str, code: str, source: Source) -> None:
    link = Link(NAMED, "http", "example.com", 80, "/", None)
    with Calls() as calls:
        asyncio.run(Client().get(link, ip_address(address), FetchLimits(), 5))
    assert calls.made == [place(address)]


def test_every_source_has_its_cases() -> None:
    cases = [*LINKS.values(), *ADDRESSES.values(), *ANSWERS.values()]
    assert {case.source for case in cases} == set(Source)
