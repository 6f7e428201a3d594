"""The engine checks many links concurrently within per-host limits, and always returns a record."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import pairwise

import pytest

from marketplace.checker.engine import check_all, check_link, check_links
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED, Politeness
from marketplace.checker.fetch.result import FetchLimits
from marketplace.checker.guard.address import IPAddress
from marketplace.checker.record import CheckRecord, NotARecord
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest, Requirement
from tests.support.sites import Site, answer, html, redirect, site
from tests.support.stopwatch import Stopwatch

PAGE = html("<title> The\n <b>good</b> &amp; only </title><h1>Hello</h1>")


def setup_for(*sites: Site, **wanted: object) -> Setup:
    exceptions = frozenset(there.place for there in sites)
    return replace(Setup(Guard(exceptions), limits=FetchLimits(seconds=1), politeness=UNLIMITED), **wanted)  # pyright: ignore[reportArgumentType]


async def on_loopback(host: str) -> list[IPAddress]:
    return [ip_address("127.0.0.1")]


def test_record_holds_request_observations_and_verdict() -> None:
    with site({"/": redirect("/home"), "/home": PAGE}) as there:
        started = datetime.now(UTC)
        record = check_link(there.url, setup_for(there))
    assert (record.url, record.state, record.reason, record.schema) == (there.url, "live", "answered", 1)
    assert started <= record.started_at <= record.finished_at
    assert [hop.status for hop in record.hops] == [302, 200]
    assert record.title == "The <b>good</b> & only"
    assert len(record.sha256) == 64
    assert record.total_ms == pytest.approx(sum(hop.timings.total for hop in record.hops), abs=0.1)
    assert {"checker", "python", "tls"} <= set(record.versions)


def test_a_record_survives_json() -> None:
    with site({"/": PAGE, "/contact": html("<form><input name=a></form>")}) as there:
        record = check_link(there.url, setup_for(there), [Requirement("1", "page", "/contact")])
    assert CheckRecord.from_json(record.to_json()) == record
    assert CheckRecord.from_dict(record.to_dict()) == record


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("text/html", b"MZ\x90\x00" + bytes(256) + b"This program cannot be run in DOS mode."),
        ("text/html", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        ("text/html; charset=utf-7", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
        ("text/html; charset=no-such-charset", "<p>Hello</p>".encode("utf-16")),
        ("image/png", b"<title>A page</title><p>Hello</p>"),
        ("application/pdf", b"<title>A page</title><p>Hello</p>"),
        ("multipart/mixed; boundary=x", b"--x\r\n\r\n<p>Hello</p>\r\n--x--"),
        ("a/b;" + "c" * 5000, b"<p>Hello</p>"),
        ("", b"<p>Hello</p>"),
    ],
    ids=["PNG as page", "program as page", "PDF as page", "UTF-7", "no such charset", "page as PNG", "page as PDF",
         "multipart", "endless type", "no type"],
)  # fmt: skip
def test_wrong_content_type_is_recorded_and_breaks_nothing(content_type: str, body: bytes) -> None:
    wanted = [Requirement("1", "text", "Hello"), Requirement("2", "selector", "script")]
    with site(answer(body=body, content_type=content_type)) as there:
        record = check_link(there.url, setup_for(there), wanted)
    assert (record.state, record.last.content_type) == ("live", content_type[:200])
    assert CheckRecord.from_json(record.to_json()) == record
    assert record.requirements[1].outcome != "met", "nothing becomes a script by what it claims to be"


def test_record_with_unknown_keys_is_read_and_other_schemas_are_not() -> None:
    with site(PAGE) as there:
        values = check_link(there.url, setup_for(there)).to_dict()
    assert CheckRecord.from_dict({**values, "later": 1}).state == "live"
    with pytest.raises(NotARecord):
        CheckRecord.from_dict({**values, "schema": 2})


def test_a_refused_link_is_recorded_without_any_connection() -> None:
    with site(PAGE) as there:
        record = check_link(there.url)
    assert (record.state, record.hops[0].problem, there.connections) == ("refused", "refused", 0)


def test_record_keeps_the_requests_key_and_cause() -> None:
    with site({"/": PAGE}) as there:
        asks = [CheckRequest(f"{there.url}{number or ''}", f"7:{number}", "recheck") for number in range(20)]
        records = check_all(asks, setup_for(there))
    assert {record.key: record.state for record in records} == {
        f"7:{number}": "broken" if number else "live" for number in range(20)
    }
    assert {record.cause for record in records} == {"recheck"}


def test_a_slow_site_does_not_hold_up_others() -> None:
    with site(lambda request: None) as silent, site(PAGE) as good:
        asks = [CheckRequest(silent.url)] * 5 + [CheckRequest(good.url)] * 50

        async def in_order() -> list[str]:
            return [record.state async for record in check_links(asks, setup_for(silent, good))]

        watch = Stopwatch()
        states = asyncio.run(in_order())
    assert states == ["live"] * 50 + ["broken"] * 5
    assert watch.seconds < 3


def test_unresponsive_host_does_not_hold_up_others() -> None:
    with site(lambda request: None) as hole, site(PAGE) as good:
        names = [f"n{number}.example" for number in range(500)]
        guard = Guard(frozenset({hole.place, *(f"{name}:{good.port}" for name in names)}), on_loopback)
        asks = [CheckRequest(f"{hole.url}{number}") for number in range(1000)]
        asks += [CheckRequest(f"http://{name}:{good.port}/{path}") for name in names for path in ("", "?again")]
        patient = FetchLimits(seconds=100)
        setup = setup_for(guard=guard, limits=patient, politeness=Politeness(2, 0.05, 1.5), deadline=200)

        async def until_the_good_are_done() -> list[str]:
            reasons: list[str] = []
            async with aclosing(check_links(asks, setup)) as records:
                while reasons.count("answered") < 1000:
                    reasons.append((await anext(records)).reason)
            return reasons

        reasons = asyncio.run(until_the_good_are_done())
    assert set(reasons) == {"answered", "host_busy"}
    assert hole.connections == 2


def test_requests_are_taken_only_as_work_gets_done() -> None:
    taken = 0

    def endless(url: str) -> Iterator[CheckRequest]:
        nonlocal taken
        while True:
            taken += 1
            yield CheckRequest(url)

    async def three(there: Site) -> None:
        records = check_links(endless(there.url), setup_for(there, concurrency=4))
        for _ in range(3):
            assert (await anext(records)).state == "live"
        await records.aclose()

    with site(PAGE) as there:
        asyncio.run(three(there))
    assert taken <= 3 + 4 + 4 + 1


def test_error_in_the_request_iterator_is_raised() -> None:
    def faulty() -> Iterator[CheckRequest]:
        raise LookupError("no list")
        yield

    with pytest.raises(LookupError, match="no list"):
        check_all(faulty(), Setup())


def test_own_fault_is_unknown_and_stops_no_other_check() -> None:
    async def failing(host: str) -> list[IPAddress]:
        raise RuntimeError("out of threads")

    with site(PAGE) as there:
        setup = setup_for(there, guard=Guard(frozenset({there.place}), failing))
        records = {
            record.url: record
            for record in check_all([CheckRequest("https://example.com/"), CheckRequest(there.url)], setup)
        }
    assert (records["https://example.com/"].state, records["https://example.com/"].reason) == ("unknown", "own_fault")
    assert records[there.url].state == "live"


def test_a_link_that_takes_longer_than_its_deadline_is_unknown() -> None:
    with site(lambda request: None) as there:
        record = check_link(there.url, setup_for(there, deadline=0.2))
    assert (record.state, record.reason) == ("unknown", "out_of_time")


def test_a_host_gets_one_new_request_in_each_interval() -> None:
    starts: list[float] = []

    def note(request: object) -> bytes:
        starts.append(time.monotonic())
        return PAGE

    with site(note) as there:
        polite = Politeness(connections=2, interval=0.15, patience=5)
        check_all([CheckRequest(there.url)] * 5, setup_for(there, politeness=polite))
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert len(starts) == 5
    assert min(gaps) > 0.1


def test_a_host_gets_no_more_than_two_connections_at_once() -> None:
    with site(lambda request: None) as there:

        async def look() -> int:
            records = check_links([CheckRequest(there.url)] * 6, setup_for(there, politeness=Politeness(2, 0, 5)))
            task = asyncio.ensure_future(anext(records))
            await asyncio.sleep(0.4)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return there.connections

        assert asyncio.run(look()) == 2


def test_too_many_links_of_one_host_are_unknown_at_once() -> None:
    with site(PAGE) as there:
        watch = Stopwatch()
        records = check_all([CheckRequest(there.url)] * 60, setup_for(there, politeness=Politeness(2, 0.1, 0.5)))
    reasons = [record.reason for record in records]
    assert watch.seconds < 3
    assert set(reasons) == {"answered", "host_busy"}
    assert reasons.count("answered") >= 5


def test_hosts_do_not_block_each_other() -> None:
    with ExitStack() as stack:
        there = stack.enter_context(site(PAGE))
        names = [f"n{number}.example" for number in range(10)]

        guard = Guard(frozenset(f"{name}:{there.port}" for name in names), on_loopback)
        watch = Stopwatch()
        setup = setup_for(guard=guard, politeness=Politeness(2, 1, 5))
        records = check_all([CheckRequest(f"http://{name}:{there.port}/") for name in names], setup)
    assert {record.state for record in records} == {"live"}
    assert watch.seconds < 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("999999999999", 86400),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 +999999999999999", None),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_read_as_a_number_or_a_date(header: str, seconds: int | None) -> None:
    with site(answer(429, "later", retry_after=header)) as there:
        record = check_link(there.url, setup_for(there))
    assert (record.state, record.retry_after) == ("unknown", seconds)


def test_retry_after_pauses_the_host() -> None:
    with site(answer(429, "later", retry_after="60")) as there:
        setup = setup_for(there, politeness=Politeness(1, 0, 1))
        records = check_all([CheckRequest(there.url)] * 4, setup)
    assert sorted(record.reason for record in records) == ["asked_to_wait", "host_busy", "host_busy", "host_busy"]
    assert there.connections == 1


def test_retry_after_of_a_live_page_is_ignored() -> None:
    with site(answer(200, "<h1>Hello</h1>", retry_after="86400")) as there:
        records = check_all([CheckRequest(there.url)] * 3, setup_for(there, politeness=Politeness(1, 0, 1)))
    assert [record.state for record in records] == ["live"] * 3


@pytest.mark.parametrize("charset", ["punycode", "unicode_escape", "utf-7", "idna", "hex", "nothing"])
def test_unknown_charset_is_read_as_utf_8(charset: str) -> None:
    page = "<title>Café \\ud800-+2AA-</title>".encode()
    with site(answer(200, page, content_type=f"text/html; charset={charset}")) as there:
        record = check_link(there.url, setup_for(there))
    assert record.title == "Café \\ud800-+2AA-"


def test_record_is_storable_whatever_the_title() -> None:
    with site(answer(200, b"<title>a\0b</title>", content_type="text/html")) as there:
        record = check_link(there.url, setup_for(there))
    assert CheckRecord.from_json(record.to_json()).title == "a\ufffdb"
    halves = replace(record, title="x\ud800y")
    assert CheckRecord.from_json(halves.to_json()).title == "x?y"


def test_time_out_of_a_blocked_event_loop_is_own_fault() -> None:
    async def check_while_stuck(there: Site) -> str:
        asyncio.get_running_loop().call_later(0.1, time.sleep, 1.2)
        records = [
            record
            async for record in check_links(
                [CheckRequest(there.url)], setup_for(there, limits=FetchLimits(seconds=0.4))
            )
        ]
        return records[0].reason

    with site(lambda request: None) as there:
        assert asyncio.run(check_while_stuck(there)) == "own_fault"


def test_hard_markup_does_not_cost_other_links_their_deadline() -> None:
    with site({"/": html("<p>Hello</p>"), "/hard": html("<div>" * 400_000)}) as there:
        wanted = (Requirement("1", "text", "Hello"),)
        asks = [CheckRequest(f"{there.url}hard", requirements=wanted)] * 3 + [
            CheckRequest(there.url, requirements=wanted)
        ]
        watch = Stopwatch()
        records = check_all(asks, setup_for(there, deadline=3))
    assert watch.seconds < 6
    assert {record.state for record in records} == {"live"}
