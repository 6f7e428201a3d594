"""Quick checks of zoo sites without a browser; connections to anywhere else are errors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from ipaddress import ip_address

from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import Guard, fetch
from marketplace.checker.fetch.page_text import source_of, title_of
from marketplace.checker.fetch.result import FetchLimits
from marketplace.checker.guard.address import IPAddress, Link
from marketplace.checker.inspector import Inspector
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import FetchedPage
from tests.support.canaries import Calls
from tests.support.sites import Site

OTHER_NAME = "other.example"
"""A second name of the same server, for redirects to another host."""


async def resolve(host: str) -> list[IPAddress]:
    """Resolve only the other name."""
    assert host == OTHER_NAME
    return [ip_address("127.0.0.1")]


def guard_of(there: Site) -> Guard:
    """A guard that allows the site, by its address and by its other name."""
    return Guard(frozenset({there.place, f"{OTHER_NAME}:{there.port}"}), resolve)


def quick_look(there: Site, inspector: Inspector, client: Client, limits: FetchLimits) -> AuditInput:
    """The auditors' input for the site. Any connection elsewhere is stopped and is an error."""
    guard = guard_of(there)
    link = guard.read(there.url)
    assert isinstance(link, Link)
    with Calls(there.place) as calls:
        result = asyncio.run(fetch(link, guard=guard, limits=limits, client=client))
    assert calls.made == []
    home, now = FetchedPage(result), datetime.now(UTC)
    record = CheckRecord(
        url=there.url,
        state=home.verdict.state,
        reason=home.verdict.reason,
        sentence=home.verdict.sentence,
        started_at=now,
        finished_at=now,
        hops=result.hops,
        total_ms=result.total_ms,
        title=title_of(result),
    )
    facts = inspector.facts(source_of(result), home.url) if home.is_live else None
    return AuditInput(record, facts, token="5eed" * 8)
