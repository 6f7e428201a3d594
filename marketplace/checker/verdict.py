"""The verdict on a fetch: live, broken, refused or unknown, with a reason code and a sentence for the bidder.

Broken means that the site was seen to fail. What may be our fault or the network's is unknown and never
counts against a bidder. One broken check is not a dead prototype yet: that takes several in a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.checker.fetch.result import PAGE_TYPES, FetchProblem, FetchResult, Hop
from marketplace.checker.states import CheckState

LIVE, BROKEN, REFUSED, UNKNOWN = (
    CheckState.LIVE,
    CheckState.BROKEN,
    CheckState.REFUSED,
    CheckState.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The conclusion of a check."""

    state: CheckState
    """live, broken, refused or unknown."""
    reason: str
    """A code, stable for machines."""
    sentence: str
    """For the bidder; says what to fix, if anything."""


_OURS = "This is on our side or the network's, not yours; we'll look again."

_PROBLEMS: dict[FetchProblem, tuple[CheckState, str]] = {
    FetchProblem.UNKNOWN_NAME: (BROKEN, "No site has this name: the domain doesn't exist or has no address."),
    FetchProblem.NAME_NO_ANSWER: (UNKNOWN, f"The name's servers didn't answer. {_OURS}"),
    FetchProblem.NAME_TIMEOUT: (UNKNOWN, f"The name's servers didn't answer in time. {_OURS}"),
    FetchProblem.CONNECTION_REFUSED: (BROKEN, "The server refuses connections: nothing is running at this address."),
    FetchProblem.CONNECT_TIMEOUT: (UNKNOWN, f"The server couldn't be reached in time. {_OURS}"),
    FetchProblem.NO_NETWORK: (UNKNOWN, f"There was no way through the network to this server. {_OURS}"),
    FetchProblem.OWN_FAULT: (UNKNOWN, f"Our checker couldn't open a connection. {_OURS}"),
    FetchProblem.TLS_EXPIRED: (BROKEN, "The site's certificate has expired, so browsers warn visitors away. Renew it."),
    FetchProblem.TLS_NOT_YET_VALID: (BROKEN, "The site's certificate isn't valid yet, so browsers warn visitors away."),
    FetchProblem.TLS_WRONG_NAME: (
        BROKEN,
        "The site's certificate is for another name, so browsers warn visitors away.",
    ),
    FetchProblem.TLS_SELF_SIGNED: (
        BROKEN,
        "The site's certificate is signed by itself alone, so browsers warn visitors away. Get one from an authority.",
    ),
    FetchProblem.TLS_UNTRUSTED: (
        BROKEN,
        "The site's certificate isn't from a known authority, or its chain is incomplete; browsers warn visitors away.",
    ),
    FetchProblem.TLS_REVOKED: (BROKEN, "The site's certificate was revoked, so browsers warn visitors away."),
    FetchProblem.TLS_OLD: (
        BROKEN,
        "The server speaks only versions of TLS that browsers gave up; it needs TLS 1.2 or newer.",
    ),
    FetchProblem.TLS_FAILED: (
        BROKEN,
        "No secure connection could be made: the server doesn't speak TLS as browsers do.",
    ),
    FetchProblem.TLS_TIMEOUT: (
        BROKEN,
        "The server accepted the connection but didn't finish making it secure in time.",
    ),
    FetchProblem.CONNECTION_LOST: (BROKEN, "The server broke the connection off."),
    FetchProblem.NO_RESPONSE: (BROKEN, "The server closed the connection without an answer."),
    FetchProblem.SILENT: (BROKEN, "The server accepted the connection but didn't answer in time."),
    FetchProblem.SLOW_HEADERS: (BROKEN, "The server began to answer but was too slow."),
    FetchProblem.SLOW_BODY: (BROKEN, "The page began to arrive but wasn't complete in time."),
    FetchProblem.HEADERS_TOO_BIG: (BROKEN, "The server sends more headers than browsers accept."),
    FetchProblem.NOT_HTTP: (BROKEN, "The server's answer isn't valid HTTP."),
    FetchProblem.WRONG_LENGTH: (BROKEN, "The page was cut off: it's shorter than the server said."),
    FetchProblem.BAD_ENCODING: (
        BROKEN,
        "The page isn't compressed the way the server says, so browsers can't show it.",
    ),
    FetchProblem.UNREADABLE_ENCODING: (UNKNOWN, "The page is compressed in a way that our checker doesn't read."),
    FetchProblem.BOMB: (BROKEN, "The page unpacks to vastly more than was sent, so we stopped reading."),
    FetchProblem.BAD_REDIRECT: (BROKEN, "The server redirects without saying where to."),
    FetchProblem.TOO_MANY_REDIRECTS: (BROKEN, "The link redirects more than five times or in a circle."),
    FetchProblem.HOST_BUSY: (UNKNOWN, "We visit each host gently and ran out of turns there; we'll look again."),
    FetchProblem.OUT_OF_TIME: (UNKNOWN, f"Our checker ran out of time. {_OURS}"),
}

_STATUSES: dict[int, tuple[str, str]] = {
    204: ("empty_page", "The server answers, but with an empty page."),
    401: ("asks_for_password", "The page asks for a password, so the client couldn't open it."),
    403: ("forbidden", "The server forbids opening this page (403)."),
    404: ("not_found", "There is no page at this address (404)."),
    410: ("gone", "The page was taken down (410)."),
    500: ("server_error", "The server failed while making the page (500)."),
}
_NOT_NOW = frozenset({408, 425, 429})


def judge(result: FetchResult) -> Verdict:
    """The verdict on a fetch."""
    hop = result.last
    if result.refusal:
        sentence = result.refusal.sentence
        if len(result.hops) > 1:
            sentence = sentence.replace("This link", "This link redirects; the address it leads to", 1)
        return Verdict(REFUSED, result.refusal.code, sentence)
    if hop.problem:
        state, sentence = _PROBLEMS[hop.problem]
        return Verdict(state, hop.problem.value, sentence)
    return _judge_status(hop)


def _judge_status(hop: Hop) -> Verdict:
    status = hop.status or 0
    if status in _NOT_NOW:
        return Verdict(UNKNOWN, "asked_to_wait", f"The server asked us to come back later ({status}); we will.")
    if status == 503 and hop.retry_after:
        return Verdict(UNKNOWN, "asked_to_wait", "The server is in maintenance and asked us to come back later.")
    if hop.challenge:
        return Verdict(
            UNKNOWN, "bot_wall", "A bot wall answered instead of the site. Let our checker through, if you can."
        )
    if status in _STATUSES:
        return Verdict(BROKEN, *_STATUSES[status])
    if 200 <= status < 300:
        if hop.decoded_bytes == 0:
            return Verdict(BROKEN, "empty_page", "The server answers, but with an empty page.")
        if hop.attachment and hop.media_type in PAGE_TYPES:  # files of other types are for the auditors to judge
            return Verdict(
                BROKEN, "download", "Browsers save this page instead of showing it: it is sent as an attachment."
            )
        return Verdict(LIVE, "answered", f"Live: answered in {_duration(hop.timings.total)}.")
    kind = "server_error" if status >= 500 else "not_a_page"
    return Verdict(BROKEN, kind, f"The server answers with an error instead of a page ({status}).")


def _duration(milliseconds: float) -> str:
    return f"{max(milliseconds, 10) / 1000:.{1 if milliseconds >= 100 else 2}f} s"
