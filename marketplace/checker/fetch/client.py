"""Sends one GET request to one approved address; the only module that connects to prototypes over HTTP.

It follows no redirects, has no cookies, proxies or credentials, and takes none from the environment.
"""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from time import perf_counter

from marketplace.checker.fetch.certificates import Authorities
from marketplace.checker.fetch.content_decoding import ACCEPT_ENCODING
from marketplace.checker.fetch.exchange import MAX_LOOP_LAG, Exchange, Reply
from marketplace.checker.fetch.result import FetchLimits, FetchProblem
from marketplace.checker.guard.address import DEFAULT_PORTS, Link
from marketplace.checker.guard.blocks import IPAddress

USER_AGENT = "PrebuiltCheck/1 (checks links that freelancers put into their bids)"
_CONNECT_PROBLEMS = {
    errno.ECONNREFUSED: FetchProblem.CONNECTION_REFUSED,
    errno.ECONNRESET: FetchProblem.CONNECTION_LOST,
    errno.ETIMEDOUT: FetchProblem.CONNECT_TIMEOUT,
    errno.ENETUNREACH: FetchProblem.NO_NETWORK,
    errno.EHOSTUNREACH: FetchProblem.NO_NETWORK,
    errno.ENETDOWN: FetchProblem.NO_NETWORK,
}
"""Other errors (out of files, ports or memory, a local firewall) are our own fault."""


class Client:
    """Fetches pages, each over a new connection; may be shared by all tasks of one event loop."""

    def __init__(self, trust: Path | None = None, user_agent: str = USER_AGENT) -> None:
        self._authorities, self._user_agent = Authorities(trust), user_agent

    async def get(self, link: Link, address: IPAddress, limits: FetchLimits, seconds: float) -> Reply:
        """GET `link` from `address` within `seconds`; never raises for what the server does."""
        loop = asyncio.get_running_loop()
        tls = self._authorities.secure(link) if link.scheme == "https" else None
        exchange = Exchange(loop, self._request(link), limits, tls)
        timer = loop.call_later(seconds, exchange.expire, perf_counter() + seconds)
        patience = min(limits.connect_seconds, seconds)
        give_up_at = perf_counter() + patience
        try:
            async with asyncio.timeout(patience):
                await loop.create_connection(lambda: exchange, str(address), link.port)
            await exchange.done
        except TimeoutError:
            is_ours = perf_counter() - give_up_at > MAX_LOOP_LAG
            exchange.finish(FetchProblem.OWN_FAULT if is_ours else FetchProblem.CONNECT_TIMEOUT)
        except OSError as error:
            exchange.finish(_CONNECT_PROBLEMS.get(error.errno or 0, FetchProblem.OWN_FAULT), str(error))
        finally:
            timer.cancel()
            exchange.close()
        return exchange.reply

    def _request(self, link: Link) -> bytes:
        host = f"[{link.host}]" if ":" in link.host else link.host
        port = "" if link.port == DEFAULT_PORTS[link.scheme] else f":{link.port}"
        return (
            f"GET {link.target} HTTP/1.1\r\nHost: {host}{port}\r\nUser-Agent: {self._user_agent}\r\n"
            f"Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en\r\n"
            f"Accept-Encoding: {ACCEPT_ENCODING}\r\nConnection: close\r\n\r\n"
        ).encode("ascii")
