"""TLS is verified for the name at the approved address, and each way to fail has its own name."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from marketplace.prototypes.fetching.trail import Limits, Problem
from tests.support.sites import answer, html, redirect, site
from tests.unit.prototypes.conftest import Authority, Fetch, guard_for

NOW = datetime.now(UTC)


def test_a_good_certificate_is_verified_and_recorded(fetching: Fetch, authority: Authority) -> None:
    context = authority.context("good.example", not_after=datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC))
    with site(html("<h1>Safe</h1>"), tls=context) as there:
        url = f"https://good.example:{there.port}/"
        trail = fetching(url, guard=guard_for("good.example", there), trust=authority.roots)
    tls = trail.last.tls
    assert tls
    assert trail.body == b"<h1>Safe</h1>"
    assert tls.version in ("TLSv1.2", "TLSv1.3")
    assert tls.issuer.startswith("trustme")
    assert (tls.subject, tls.expires) == ("good.example", "2040-05-06T07:08:09+00:00")
    assert trail.last.timings.tls


@pytest.mark.parametrize(
    ("names", "dates", "problem"),
    [
        (["bad.example"], {"not_before": NOW - timedelta(9), "not_after": NOW - timedelta(1)}, Problem.TLS_EXPIRED),
        (["bad.example"], {"not_before": NOW + timedelta(9)}, Problem.TLS_NOT_YET_VALID),
        (["other.example"], {}, Problem.TLS_WRONG_NAME),
        (["sub.bad.example"], {}, Problem.TLS_WRONG_NAME),
        (["127.0.0.1"], {}, Problem.TLS_WRONG_NAME),
    ],
    ids=["expired", "not yet valid", "another name", "a sub-domain", "the address instead of the name"],
)
def test_a_bad_certificate_is_named(
    fetching: Fetch, authority: Authority, names: list[str], dates: dict[str, datetime], problem: Problem
) -> None:
    with site(html("x"), tls=authority.context(*names, **dates)) as there:
        url = f"https://bad.example:{there.port}/"
        trail = fetching(url, guard=guard_for("bad.example", there), trust=authority.roots)
    assert trail.last.problem is problem
    assert (trail.body, there.requests) == (b"", [])


def test_an_address_needs_a_certificate_for_itself(fetching: Fetch, authority: Authority) -> None:
    with (
        site(html("x"), tls=authority.context("127.0.0.1")) as good,
        site(html("x"), tls=authority.context("a.b")) as bad,
    ):
        assert fetching(good.url, good, trust=authority.roots).last.status == 200
        assert fetching(bad.url, bad, trust=authority.roots).last.problem is Problem.TLS_WRONG_NAME


def test_a_strangers_certificate_is_untrusted(fetching: Fetch, authority: Authority, tmp_path: Path) -> None:
    with site(html("x"), tls=Authority(tmp_path).context("127.0.0.1")) as there:
        assert fetching(there.url, there, trust=authority.roots).last.problem is Problem.TLS_UNTRUSTED
        assert fetching(there.url, there).last.problem is Problem.TLS_UNTRUSTED


def test_a_self_signed_certificate_is_untrusted(fetching: Fetch, tmp_path: Path) -> None:
    own = trustme.CA()
    own.cert_pem.write_to_path(str(tmp_path / "cert.pem"))
    own.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with site(html("x"), tls=context) as there:
        assert fetching(there.url, there).last.problem is Problem.TLS_UNTRUSTED


def test_plain_http_behind_an_https_link_is_a_failed_handshake(fetching: Fetch) -> None:
    with site(answer(400)) as there:
        trail = fetching(there.url.replace("http:", "https:"), there, limits=Limits(seconds=0.5))
    assert trail.last.problem in (Problem.TLS_FAILED, Problem.TLS_TIMEOUT)


def test_an_outdated_tls_version_is_a_failed_handshake(fetching: Fetch, authority: Authority) -> None:
    context = authority.context("127.0.0.1")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with site(html("x"), tls=context) as there:
        assert fetching(there.url, there, trust=authority.roots).last.problem is Problem.TLS_FAILED


def test_a_redirect_from_http_to_https_is_verified_too(fetching: Fetch, authority: Authority) -> None:
    with site(html("<h1>Safe</h1>"), tls=authority.context("127.0.0.1")) as safe, site(redirect(safe.url)) as plain:
        assert fetching(plain.url, plain, safe, trust=authority.roots).last.tls
        assert fetching(plain.url, plain, safe).last.problem is Problem.TLS_UNTRUSTED


def test_budgets_hold_over_tls(fetching: Fetch, authority: Authority) -> None:
    with site(answer(body="x" * 3_000_000), tls=authority.context("127.0.0.1")) as there:
        trail = fetching(there.url, there, trust=authority.roots, limits=Limits())
    assert (trail.last.decoded_bytes, trail.last.cut) == (2 * 1024 * 1024, True)
