"""TLS is verified for the name at the approved address, and each way to fail has its own name."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509

from marketplace.checker.fetch.certificates import is_name
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.exchange import Reply
from marketplace.checker.fetch.result import FetchLimits, FetchProblem
from marketplace.checker.guard.address import Link
from tests.checker.conftest import Fetch, guard_for
from tests.support.certificates import EXPIRED, NOT_YET_VALID, Authority, self_signed
from tests.support.sites import Site, answer, html, redirect, site


async def ask_in_turn(client: Client, there: Site, *hosts: str) -> list[Reply]:
    links = [Link("", "https", host, there.port, "/", None) for host in hosts]
    return [await client.get(link, ip_address(there.host), FetchLimits(), 5) for link in links]


@contextmanager
def shaking_hands(context: ssl.SSLContext | None) -> Generator[Site]:
    """A server as most are: it tells why when a handshake fails; without a context it hangs up."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            raw = listener.accept()[0]
            (context.wrap_socket(raw, server_side=True) if context else raw).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Site("127.0.0.1", listener.getsockname()[1], "https")
        thread.join(5)


def test_a_good_certificate_is_verified_and_recorded(fetching: Fetch, authority: Authority) -> None:
    context = authority.context("good.example", not_after=datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC))
    with site(html("<h1>Safe</h1>"), tls=context) as there:
        url = f"https://good.example:{there.port}/"
        result = fetching(url, guard=guard_for("good.example", there), trust=authority.roots)
    tls = result.last.tls
    assert tls
    assert result.body == b"<h1>Safe</h1>"
    assert tls.version in ("TLSv1.2", "TLSv1.3")
    assert tls.issuer.startswith("trustme")
    assert (tls.subject, tls.expires) == ("good.example", "2040-05-06T07:08:09+00:00")
    assert result.last.timings.tls


@pytest.mark.parametrize(
    ("names", "dates", "problem"),
    [
        (["bad.example"], EXPIRED, FetchProblem.TLS_EXPIRED),
        (["bad.example"], NOT_YET_VALID, FetchProblem.TLS_NOT_YET_VALID),
        (["other.example"], {}, FetchProblem.TLS_WRONG_NAME),
        (["sub.bad.example"], {}, FetchProblem.TLS_WRONG_NAME),
        (["127.0.0.1"], {}, FetchProblem.TLS_WRONG_NAME),
    ],
    ids=["expired", "not yet valid", "another name", "a sub-domain", "the address instead of the name"],
)
def test_bad_certificate_has_a_reason(
    fetching: Fetch, authority: Authority, names: list[str], dates: dict[str, datetime], problem: FetchProblem
) -> None:
    with site(html("x"), tls=authority.context(*names, **dates)) as there:
        url = f"https://bad.example:{there.port}/"
        result = fetching(url, guard=guard_for("bad.example", there), trust=authority.roots)
    assert result.last.problem is problem
    assert (result.body, there.requests) == (b"", [])


def test_an_address_needs_a_certificate_for_itself(fetching: Fetch, authority: Authority) -> None:
    with (
        site(html("x"), tls=authority.context("127.0.0.1")) as good,
        site(html("x"), tls=authority.context("a.b")) as bad,
    ):
        assert fetching(good.url, good, trust=authority.roots).last.status == 200
        assert fetching(bad.url, bad, trust=authority.roots).last.problem is FetchProblem.TLS_WRONG_NAME


def test_certificate_of_an_unknown_authority_is_untrusted(
    fetching: Fetch, authority: Authority, tmp_path: Path
) -> None:
    with site(html("x"), tls=Authority(tmp_path).context("127.0.0.1")) as there:
        assert fetching(there.url, there, trust=authority.roots).last.problem is FetchProblem.TLS_UNTRUSTED
        assert fetching(there.url, there).last.problem is FetchProblem.TLS_UNTRUSTED


def test_a_self_signed_certificate_is_named(fetching: Fetch, tmp_path: Path) -> None:
    with site(html("x"), tls=self_signed(tmp_path)) as there:
        assert fetching(there.url, there).last.problem is FetchProblem.TLS_SELF_SIGNED


def test_plain_http_behind_an_https_link_is_a_failed_handshake(fetching: Fetch) -> None:
    with site(answer(400)) as there:
        result = fetching(there.url.replace("http:", "https:"), there, limits=FetchLimits(seconds=0.5))
    assert result.last.problem in (FetchProblem.TLS_FAILED, FetchProblem.TLS_TIMEOUT)


def test_an_outdated_tls_version_is_named(fetching: Fetch, authority: Authority) -> None:
    context = authority.context("127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with shaking_hands(context) as there:
        assert fetching(there.url, there, trust=authority.roots).last.problem is FetchProblem.TLS_OLD


def test_connection_closed_in_the_handshake_is_tls_failed(fetching: Fetch) -> None:
    with shaking_hands(None) as there:
        assert fetching(there.url, there).last.problem is FetchProblem.TLS_FAILED


def test_incomplete_chain_is_untrusted(fetching: Fetch, authority: Authority) -> None:
    with site(html("x"), tls=authority.without_its_chain("127.0.0.1")) as there:
        assert fetching(there.url, there, trust=authority.roots).last.problem is FetchProblem.TLS_UNTRUSTED


def test_a_redirect_from_http_to_https_is_verified_too(fetching: Fetch, authority: Authority) -> None:
    with site(html("<h1>Safe</h1>"), tls=authority.context("127.0.0.1")) as safe, site(redirect(safe.url)) as plain:
        assert fetching(plain.url, plain, safe, trust=authority.roots).last.tls
        assert fetching(plain.url, plain, safe).last.problem is FetchProblem.TLS_UNTRUSTED


def test_budgets_hold_over_tls(fetching: Fetch, authority: Authority) -> None:
    with site(answer(body="x" * 3_000_000), tls=authority.context("127.0.0.1")) as there:
        result = fetching(there.url, there, trust=authority.roots, limits=FetchLimits())
    assert (result.last.decoded_bytes, result.last.cut) == (2 * 1024 * 1024, True)


@pytest.mark.parametrize(
    ("name", "host", "same"),
    [
        ("a.example", "a.example", True),
        ("A.Example", "a.example", True),
        ("*.a.example", "b.a.example", True),
        ("*.a.example", "a.example", False),
        ("*.a.example", "c.b.a.example", False),
        ("b*.a.example", "bc.a.example", False),
        ("*.example", "a.example", False),
        ("*", "example", False),
        ("a.*.example", "a.b.example", False),
        ("", "a.example", False),
    ],
)
def test_a_certificates_name_is_compared_as_browsers_do(name: str, host: str, same: bool) -> None:
    assert is_name(host, name) is same


@pytest.mark.parametrize(
    "odd",
    [
        x509.DNSName("*"),
        x509.DNSName("*.example"),
        x509.DNSName("f*o.good.example"),
        x509.DNSName("127.0.0.1"),
        x509.DNSName("not a name"),
        x509.UniformResourceIdentifier("https://good.example:443/"),
        x509.RFC822Name("owner@good.example"),
    ],
    ids=lambda odd: odd.value,
)
def test_unusable_certificate_name_is_ignored(authority: Authority, odd: x509.GeneralName) -> None:
    with site(html("x"), tls=authority.odd_context(odd, x509.DNSName("good.example"))) as there:
        replies = asyncio.run(ask_in_turn(Client(authority.roots), there, "good.example", "other.example"))
    assert [reply.problem for reply in replies] == [None, FetchProblem.TLS_WRONG_NAME]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_verified_session_is_resumed(authority: Authority, version: ssl.TLSVersion) -> None:
    context = authority.context("good.example")
    context.maximum_version = version
    with site(html("<h1>Safe</h1>"), tls=context) as there:
        replies = asyncio.run(ask_in_turn(Client(authority.roots), there, *["good.example"] * 4))
    assert [reply.body for reply in replies] == [b"<h1>Safe</h1>"] * 4
    assert [reply.tls for reply in replies] == [replies[0].tls] * 4
    assert context.session_stats()["hits"] == 3


def test_a_session_is_never_resumed_for_another_name(authority: Authority) -> None:
    context = authority.context("good.example", "also.example")
    with site(html("x"), tls=context) as there:
        replies = asyncio.run(
            ask_in_turn(Client(authority.roots), there, "good.example", "also.example", "bad.example", "bad.example")
        )
    assert [reply.problem for reply in replies] == [
        None,
        None,
        FetchProblem.TLS_WRONG_NAME,
        FetchProblem.TLS_WRONG_NAME,
    ]
    assert context.session_stats()["hits"] == 0


def test_a_host_shows_its_certificate_again_after_a_while(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = authority.context("good.example")
    monkeypatch.setattr("marketplace.checker.fetch.certificates.SESSION_SECONDS", 0)
    with site(html("x"), tls=context) as there:
        asyncio.run(ask_in_turn(Client(authority.roots), there, "good.example", "good.example"))
    assert context.session_stats()["hits"] == 0
