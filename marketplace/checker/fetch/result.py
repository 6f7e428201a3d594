"""The result of a fetch as plain values: hops with address, status, TLS, timings, sizes or a problem."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.checker.guard.blocks import Refusal

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
"""Content types that a browser opens as a page, whatever the address ends in."""


class FetchProblem(StrEnum):
    """Why a hop ended early; verdict.py decides which of these are the site's fault."""

    UNKNOWN_NAME = "unknown_name"
    NAME_NO_ANSWER = "name_no_answer"
    NAME_TIMEOUT = "name_timeout"
    CONNECTION_REFUSED = "connection_refused"
    CONNECT_TIMEOUT = "connect_timeout"
    NO_NETWORK = "no_network"
    OWN_FAULT = "own_fault"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_WRONG_NAME = "tls_wrong_name"
    TLS_SELF_SIGNED = "tls_self_signed"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_REVOKED = "tls_revoked"
    TLS_OLD = "tls_old"
    TLS_FAILED = "tls_failed"
    TLS_TIMEOUT = "tls_timeout"
    CONNECTION_LOST = "connection_lost"
    NO_RESPONSE = "no_response"
    SILENT = "silent"
    SLOW_HEADERS = "slow_headers"
    SLOW_BODY = "slow_body"
    HEADERS_TOO_BIG = "headers_too_big"
    NOT_HTTP = "not_http"
    WRONG_LENGTH = "wrong_length"
    BAD_ENCODING = "bad_encoding"
    UNREADABLE_ENCODING = "unreadable_encoding"
    BOMB = "bomb"
    BAD_REDIRECT = "bad_redirect"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REFUSED = "refused"
    HOST_BUSY = "host_busy"
    OUT_OF_TIME = "out_of_time"


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The budgets of one page; the defaults are the product's."""

    seconds: float = 10.0
    """For all hops together, waits for politeness not counted."""
    connect_seconds: float = 5.0
    """For one attempt at one address."""
    body_bytes: int = 2 * 1024 * 1024
    """Decoded; what comes after is left unread and the page counts as cut."""
    header_bytes: int = 64 * 1024
    headers: int = 200
    hops: int = 5
    """Redirects followed."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate that was verified for the name."""

    version: str
    issuer: str
    subject: str
    expires: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds, each phase by itself; None for a phase that wasn't reached. `total` covers all of the hop."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and what came of it."""

    url: str
    address: str | None = None
    status: int | None = None
    tls: Tls | None = None
    timings: Timings = Timings()
    wire_bytes: int = 0
    """The body as it was sent."""
    decoded_bytes: int = 0
    content_type: str = ""
    location: str = ""
    retry_after: str = ""
    challenge: bool = False
    """A bot wall answered instead of the site."""
    attachment: bool = False
    """The server says that browsers are to save this, not to show it."""
    problem: FetchProblem | None = None
    detail: str = ""
    """Technical detail of the problem; for operators, not for bidders."""
    cut: bool = False
    """The body went on beyond the budget."""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class FetchResult:
    """All hops of one fetch, and the body of the last."""

    hops: tuple[Hop, ...]
    body: bytes = b""
    refusal: Refusal | None = None
    """Why the guard stopped the fetch; its last hop then has the problem `refused`."""

    @property
    def last(self) -> Hop:
        return self.hops[-1]

    @property
    def total_ms(self) -> float:
        return round(sum(hop.timings.total for hop in self.hops), 2)
