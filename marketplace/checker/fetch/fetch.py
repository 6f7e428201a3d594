"""Fetches a link hop by hop: asks the guard before each, connects only to approved addresses, one budget for all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter

import ada_url

from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.exchange import Reply
from marketplace.checker.fetch.result import FetchLimits, FetchProblem, FetchResult, Hop, Timings
from marketplace.checker.guard.address import MAX_URL, Link, Refusal, Resolver, approve, parse_link
from marketplace.checker.guard.blocks import IPAddress
from marketplace.checker.guard.name_resolution import NameFailure, NameProblem, system_resolver

REDIRECTS = frozenset({301, 302, 303, 307, 308})
OTHER_ADDRESS_HELPS = frozenset(
    {FetchProblem.CONNECTION_REFUSED, FetchProblem.CONNECT_TIMEOUT, FetchProblem.NO_NETWORK}
)
ADDRESSES_TRIED = 3
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
"""RFC 9110, 5.6.2, in lower case."""
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)

Gate = Callable[[Link], AbstractAsyncContextManager[None]]
"""The per-host limit: delays a hop until its host may be asked again; raises HostBusy when that takes too long."""


class HostBusy(Exception):
    """No slot for this host was free in time; our own limit, not the site's fault."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides on every address: which links, which names' answers, and the development exceptions."""

    exceptions: frozenset[str] = frozenset()
    resolver: Resolver = field(default=system_resolver)

    def read(self, url: str) -> Link | Refusal:
        """A link as browsers read it, or why we won't; no network."""
        return parse_link(url, self.exceptions)

    async def approve(self, link: Link) -> tuple[IPAddress, ...] | Refusal:
        """The addresses we may connect to; raises NameFailure."""
        return await approve(link, self.resolver, self.exceptions)

    def follow(self, link: Link, location: str) -> Link | Refusal:
        """Where a redirect from `link` leads; a relative one can't leave the host."""
        if _ABSOLUTE.match(location):
            return self.read(location)
        if location.startswith(("//", "\\", "/\\")):
            return self.read(f"{link.scheme}:{location}")
        try:
            joined = self.read(ada_url.join_url(link.url, location))
        except ValueError:
            return Refusal("not_a_url", "This link redirects to something that isn't a web address.")
        if isinstance(joined, Link) and joined.place != link.place:
            return Refusal(
                "ambiguous_redirect", "This link redirects to an address that can be read in more than one way."
            )
        return joined


def no_gate(link: Link) -> AbstractAsyncContextManager[None]:
    """No limit: for one-off checks and development."""
    return nullcontext()


async def fetch(
    link: Link, *, guard: Guard, limits: FetchLimits, client: Client | None = None, gate: Gate = no_gate
) -> FetchResult:
    """Follow redirects from `link`; network and site problems are in the result, never raised."""
    client = client or Client()
    hops: list[Hop] = []
    left = limits.seconds
    while True:
        try:
            async with gate(link):
                hop, reply = await _hop(link, guard, limits, client, left)
        except HostBusy as busy:
            return FetchResult((*hops, Hop(link.url, problem=FetchProblem.HOST_BUSY, detail=str(busy))))
        if isinstance(reply, Refusal):
            return FetchResult((*hops, hop), refusal=reply)
        hops.append(hop)
        left -= hop.timings.total / 1000
        if hop.problem or hop.status not in REDIRECTS:
            return FetchResult(tuple(hops), reply.body if reply else b"")
        following = guard.follow(link, hop.location)
        if isinstance(following, Refusal):
            return FetchResult((*hops, Hop(hop.location, problem=FetchProblem.REFUSED)), refusal=following)
        if len(hops) > limits.hops or left <= 0:
            problem = FetchProblem.TOO_MANY_REDIRECTS if len(hops) > limits.hops else FetchProblem.SILENT
            return FetchResult((*hops, Hop(following.url, problem=problem)))
        link = following


async def _hop(
    link: Link, guard: Guard, limits: FetchLimits, client: Client, seconds: float
) -> tuple[Hop, Reply | Refusal | None]:
    """One request, at the first approved address that takes it."""
    started = perf_counter()
    try:
        addresses = await _approve(link, guard, seconds)
    except NameFailure as failure:
        known = failure.problem is NameProblem.UNKNOWN_NAME
        problem = FetchProblem.UNKNOWN_NAME if known else FetchProblem.NAME_NO_ANSWER
        return Hop(link.url, timings=_only_dns(perf_counter() - started), problem=problem, detail=str(failure)), None
    except TimeoutError:
        return Hop(link.url, timings=_only_dns(seconds), problem=FetchProblem.NAME_TIMEOUT), None
    dns_seconds = perf_counter() - started
    if isinstance(addresses, Refusal):
        return Hop(link.url, timings=_only_dns(dns_seconds), problem=FetchProblem.REFUSED), addresses
    if not addresses:
        return Hop(link.url, timings=_only_dns(dns_seconds), problem=FetchProblem.UNKNOWN_NAME), None
    address, reply = addresses[0], Reply()
    for address in addresses[:ADDRESSES_TRIED]:
        reply = await client.get(link, address, limits, max(seconds - (perf_counter() - started), 0.001))
        if reply.problem not in OTHER_ADDRESS_HELPS:
            break
    total = round((perf_counter() - started) * 1000, 2)
    return _describe(link, address, reply, None if link.address else round(dns_seconds * 1000, 2), total), reply


async def _approve(link: Link, guard: Guard, seconds: float) -> tuple[IPAddress, ...] | Refusal:
    if link.address:
        return await guard.approve(link)
    async with asyncio.timeout(seconds):
        return await guard.approve(link)


def _only_dns(seconds: float) -> Timings:
    return Timings(dns=round(seconds * 1000, 2), total=round(seconds * 1000, 2))


def _is_to_save(disposition: str) -> bool:
    """Whether browsers save it: any valid Content-Disposition type but `inline`."""
    kind = disposition.partition(";")[0].strip().lower()
    return bool(_TOKEN.fullmatch(kind)) and kind != "inline"


def _describe(link: Link, address: IPAddress, reply: Reply, dns: float | None, total: float) -> Hop:
    problem = reply.problem
    if problem is None and reply.status in REDIRECTS and not reply.header(b"location"):
        problem = FetchProblem.BAD_REDIRECT
    return Hop(
        url=link.url,
        address=str(address),
        status=reply.status,
        tls=reply.tls,
        timings=Timings(dns, reply.connect_ms, reply.tls_ms, reply.first_byte_ms, total),
        wire_bytes=reply.wire_bytes,
        decoded_bytes=len(reply.body),
        content_type=reply.header(b"content-type")[:200],
        location=reply.header(b"location")[: MAX_URL + 1],  # one too long stays too long
        retry_after=reply.header(b"retry-after")[:100],
        challenge=bool(reply.header(b"cf-mitigated")),
        attachment=_is_to_save(reply.header(b"content-disposition")),
        problem=problem,
        detail=reply.detail,
        cut=reply.cut,
    )
