"""Fetches proofs of control: a file on the site and DNS TXT records of its host."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.name import from_text
from dns.nameserver import Do53Nameserver, Nameserver
from dns.resolver import NXDOMAIN, NoAnswer

from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.fetch import Gate, Guard, fetch, no_gate
from marketplace.checker.fetch.page_text import source_of
from marketplace.checker.fetch.result import FetchLimits
from marketplace.checker.guard.address import Link
from marketplace.checker.states import CheckState
from marketplace.checker.verdict import judge

WELL_KNOWN = "/.well-known/prebuilt.txt"
LIMITS = FetchLimits(seconds=5.0, connect_seconds=3.0, body_bytes=4096, hops=0)
"""No redirects: the file must be on the prototype's own origin."""
DNS_SECONDS = 3.0
MAX_LINES = 50

log = logging.getLogger(__name__)

TxtLookup = Callable[[str], Awaitable[tuple[str, ...] | None]]
"""All TXT records of a host, empty without any; None when nobody answered in time."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Texts found where a proof may be; None where it couldn't be asked, which proves nothing either way."""

    lines: tuple[str, ...] | None = None
    """The lines of /.well-known/prebuilt.txt; empty without such a file."""
    records: tuple[str, ...] | None = None
    """The host's DNS TXT records; empty without any."""


async def gather_proofs(
    url: str, *, guard: Guard, client: Client, look_up: TxtLookup, gate: Gate = no_gate, limits: FetchLimits = LIMITS
) -> Proofs:
    """Fetch the proofs for the site at `url`, the link's final URL; never raises for what a server does."""
    link = guard.read(url)
    if not isinstance(link, Link):
        return Proofs()
    lines, records = await asyncio.gather(_lines(link, guard, client, gate, limits), _records(link, guard, look_up))
    return Proofs(lines, records)


async def _lines(link: Link, guard: Guard, client: Client, gate: Gate, limits: FetchLimits) -> tuple[str, ...] | None:
    place = guard.read(link.origin + WELL_KNOWN)
    if not isinstance(place, Link):
        return None
    try:
        result = await fetch(place, guard=guard, limits=limits, client=client, gate=gate)
    except Exception:  # our own fault must neither end the check nor count against the bidder
        log.exception("a proof could not be fetched", extra={"url": place.url})
        return None
    state = judge(result).state
    if state is CheckState.LIVE:
        return tuple(line.strip()[:300] for line in source_of(result).splitlines()[:MAX_LINES])
    return None if state is CheckState.UNKNOWN else ()


async def _records(link: Link, guard: Guard, look_up: TxtLookup) -> tuple[str, ...] | None:
    """IP addresses and development exceptions have no TXT records in the public DNS."""
    if link.address or link.place in guard.exceptions:
        return ()
    return await look_up(link.host)


def txt_lookup(nameservers: Sequence[tuple[str, int]] = (), seconds: float = DNS_SECONDS) -> TxtLookup:
    """A lookup that asks these (address, port) servers, by default the system's, within `seconds`."""

    async def look_up(host: str) -> tuple[str, ...] | None:
        try:
            answer = await _resolver(nameservers, seconds).resolve(from_text(host), "TXT", search=False)
        except (NXDOMAIN, NoAnswer):
            return ()
        except (DNSException, OSError):
            return None
        return tuple(b"".join(record.strings).decode("utf-8", "replace")[:300] for record in answer)[:MAX_LINES]

    return look_up


def _resolver(nameservers: Sequence[tuple[str, int]], seconds: float) -> Resolver:
    """A resolver without cache; raises a DNSException when the system names no server."""
    resolver = Resolver(configure=not nameservers)
    if nameservers:
        servers: list[str | Nameserver] = [Do53Nameserver(address, port) for address, port in nameservers]
        resolver.nameservers = servers
    resolver.lifetime = seconds
    return resolver
