"""Proofs of control: a file on the site's own origin, and a DNS record of a real name server."""

from __future__ import annotations

import asyncio

import pytest

from marketplace.checker.audits.proofs import Proofs, gather_proofs, txt_lookup
from marketplace.checker.engine import run
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import Guard
from tests.checker.conftest import no_names
from tests.support.names import Records, name_server
from tests.support.sites import Handler, answer, html, redirect, site
from tests.support.stopwatch import Stopwatch

FILE = "/.well-known/prebuilt.txt"


async def nobody(host: str) -> tuple[str, ...] | None:
    raise AssertionError(host)


def proofs_of(handler: Handler, path: str = "") -> Proofs:
    with site(handler) as there:
        guard = Guard(frozenset({there.place}), no_names)
        return asyncio.run(gather_proofs(there.url + path, guard=guard, client=Client(), look_up=nobody))


@pytest.mark.parametrize(
    ("handler", "lines"),
    [
        ({FILE: answer(body="one\r\n two \n", content_type="text/plain")}, ("one", "two")),
        ({}, ()),
        ({FILE: redirect("/elsewhere"), "/elsewhere": html("one")}, ()),
        ({FILE: answer(403)}, ()),
        ({FILE: answer(429)}, None),
        ({FILE: answer(503, retry_after="60")}, None),
    ],
    ids=["there", "not there", "a redirect isn't followed", "forbidden", "come back later", "maintenance"],
)
def test_proof_file_is_read_from_the_sites_own_origin(handler: Handler, lines: tuple[str, ...] | None) -> None:
    assert proofs_of(handler, "some/page").lines == lines


def test_huge_proof_file_is_capped() -> None:
    lines = proofs_of({FILE: answer(body="word\n" * 200_000, content_type="text/plain")}).lines
    assert lines is not None
    assert len(lines) == 50


def test_ip_address_has_no_txt_records() -> None:
    assert proofs_of({}).records == ()


def test_refused_link_is_not_asked_for_proofs() -> None:
    asked = gather_proofs("http://10.0.0.1/", guard=Guard(resolver=no_names), client=Client(), look_up=nobody)
    assert asyncio.run(asked) == Proofs()


def look_up(records: Records, host: str = "shop.example", seconds: float = 5.0) -> tuple[str, ...] | None:
    async def ask(server: tuple[str, int]) -> tuple[str, ...] | None:
        return await txt_lookup([server], seconds)(host)

    with name_server(records) as server:
        return run(ask(server))


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ({"shop.example.": ["v=spf1 -all", "prebuilt-verification=abc"]}, {"v=spf1 -all", "prebuilt-verification=abc"}),
        ({"shop.example.": ["prebuilt-|verification=abc"]}, {"prebuilt-verification=abc"}),
        ({"shop.example.": []}, set[str]()),
        ({}, set[str]()),
    ],
    ids=["records", "a record in two pieces", "a name without records", "no such name"],
)
def test_txt_records_are_read(records: Records, found: set[str]) -> None:
    answer = look_up(records)
    assert answer is not None
    assert set(answer) == found


def test_failing_name_server_gives_none() -> None:
    assert look_up({"shop.example.": "SERVFAIL"}, seconds=2.0) is None


def test_silent_name_server_times_out() -> None:
    watch = Stopwatch()
    assert look_up({"shop.example.": None}, seconds=0.3) is None
    assert watch.seconds < 5


def test_invalid_name_gives_none() -> None:
    assert look_up({}, host="a" * 64 + ".example") is None
