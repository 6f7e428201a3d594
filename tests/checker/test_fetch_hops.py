"""Redirects: every hop asks the guard, no state is carried along, five at most, and no bypass."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Generator
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.result import FetchProblem
from marketplace.checker.guard.address import IPAddress
from tests.checker.conftest import Fetch, guard_for
from tests.support.canaries import Calls
from tests.support.guard_addresses import ADDRESSES
from tests.support.guard_cases import LINKS
from tests.support.sites import SiteRequest, answer, html, redirect, site

CONTROL = re.compile(r"[\x00-\x1f\x7f]")
REFUSED = {
    name: (case.given, case.code)
    for name, case in LINKS.items()
    if ":" in case.given and not CONTROL.search(case.given) and case.given[0] != " "
} | {
    f"{name} (address)": (f"http://[{given}]/" if ":" in given else f"http://{given}/", code)
    for name, (given, code, _) in ADDRESSES.items()
}
"""What can stand in a Location header and isn't relative to the page, and the refusal's code."""


@contextmanager
def canary() -> Generator[tuple[str, socket.socket]]:
    """A listener on a usual port of a loopback address nobody else uses; accept() would find who connected."""
    address = f"127.{os.getpid() % 250 + 2}.{os.getpid() // 250 % 250}.9"
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, 8080))
        listener.listen()
        listener.setblocking(False)
        yield address, listener


def visits(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_redirect_is_followed_and_every_hop_recorded(fetching: Fetch) -> None:
    with site({"/": redirect("/new?a=b"), "/new?a=b": html("<h1>New</h1>")}) as there:
        result = fetching(there.url, there)
    assert [(hop.status, hop.url) for hop in result.hops] == [(302, there.url), (200, f"{there.url}new?a=b")]
    assert result.body == b"<h1>New</h1>"


def test_a_redirect_may_lead_to_another_host(fetching: Fetch) -> None:
    with site(html("<h1>There</h1>")) as far, site(redirect(far.url)) as near:
        assert fetching(near.url, near, far).body == b"<h1>There</h1>"


def test_a_redirects_body_is_not_read(fetching: Fetch) -> None:
    moved = answer(302, "x" * 100_000, location="/new")
    with site({"/": moved, "/new": html("<h1>New</h1>")}) as there:
        assert fetching(there.url, there).hops[0].decoded_bytes == 0


@pytest.mark.parametrize(
    ("disposition", "is_to_save"),
    [
        ("attachment", True),
        ("Attachment; filename=setup.exe", True),
        ("save-it; filename=a.html", True),
        ("inline; filename=a.html", False),
        ("inline, inline", False),
        ("inline filename=a.html", False),
        ('"attachment"', False),
        ("filename=a.html", False),
        ("; filename=a.html", False),
        ("", False),
    ],
)
def test_content_disposition_is_read_as_browsers_do(fetching: Fetch, disposition: str, is_to_save: bool) -> None:
    with site(answer(body="<h1>Shop</h1>", content_disposition=disposition)) as there:
        assert fetching(there.url, there).last.attachment is is_to_save


def test_five_redirects_are_followed_and_a_sixth_is_not(fetching: Fetch) -> None:
    def count_down(request: SiteRequest) -> bytes:
        left = int(request.target.strip("/"))
        return redirect(f"/{left - 1}") if left else html("<h1>End</h1>")

    with site(count_down) as there:
        assert fetching(f"{there.url}5", there).last.status == 200
        assert fetching(f"{there.url}6", there).last.problem is FetchProblem.TOO_MANY_REDIRECTS


def test_a_redirect_loop_ends(fetching: Fetch) -> None:
    with site(redirect("/")) as there:
        assert fetching(there.url, there).last.problem is FetchProblem.TOO_MANY_REDIRECTS
        assert len(there.requests) == 6


@pytest.mark.parametrize(("target", "code"), REFUSED.values(), ids=REFUSED)
def test_redirect_to_a_refused_address_makes_no_connection(fetching: Fetch, target: str, code: str) -> None:
    with site(redirect(target)) as there, Calls(there.place) as calls:
        result = fetching(there.url, there)
    assert result.refusal
    assert (result.refusal.code, result.last.problem, calls.made) == (code, FetchProblem.REFUSED, [])
    assert len(there.requests) == 1


@pytest.mark.parametrize(
    "location", ["//127.0.0.1:8080/", "/\\127.0.0.1/", "\\\\127.0.0.1/", "http:/\\127.0.0.1/", "http:127.0.0.1"]
)
def test_relative_redirect_cannot_leave_the_host(fetching: Fetch, location: str) -> None:
    with site(redirect(location)) as there:
        assert fetching(there.url, there).refusal


def test_refused_address_is_never_connected_to(fetching: Fetch) -> None:
    with canary() as (address, listener):
        number = int(ip_address(address))
        writings = [
            address,
            f"{number}",
            f"{number:#x}",
            f"[::ffff:{address}]",
            f"[64:ff9b::{address}]",
            f"user@{address}",
        ]
        with site(lambda request: redirect(f"http://{writings[int(request.target[1:])]}:8080/")) as there:
            for index in range(len(writings)):
                assert fetching(f"{there.url}{index}", there).refusal

        async def resolve(host: str) -> list[IPAddress]:
            return [ip_address("1.1.1.1"), ip_address(address)]

        assert fetching("http://example.com:8080/", guard=Guard(resolver=resolve)).refusal
        assert visits(listener) == 0
        socket.create_connection((address, 8080)).close()
        assert visits(listener) == 1  # the canary does sing


def test_a_name_is_resolved_once_so_a_changing_answer_changes_nothing(fetching: Fetch) -> None:
    asked: list[str] = []
    with site(html("<h1>Approved</h1>")) as there, site(html("<h1>Switched</h1>"), host="127.0.0.2") as other:

        async def resolve(host: str) -> list[IPAddress]:
            asked.append(host)
            return [ip_address(there.host if len(asked) == 1 else other.host)]

        guard = Guard(frozenset({f"flips.example:{there.port}"}), resolve)
        result = fetching(f"http://flips.example:{there.port}/", guard=guard)
    assert (result.body, result.last.address, asked, other.connections) == (
        b"<h1>Approved</h1>", "127.0.0.1", ["flips.example"], 0,
    )  # fmt: skip


def test_each_hop_is_resolved_anew(fetching: Fetch) -> None:
    async def resolve(host: str) -> list[IPAddress]:
        return [ip_address("127.0.0.1" if host == "first.example" else "10.0.0.1")]

    with site(redirect("http://second.example/")) as there:
        guard = Guard(frozenset({f"first.example:{there.port}"}), resolve)
        result = fetching(f"http://first.example:{there.port}/", guard=guard)
    assert result.refusal
    assert result.refusal.code == "private"


def test_the_next_approved_address_is_tried_when_the_first_doesnt_take_connections(fetching: Fetch) -> None:
    with site(html("<h1>Up</h1>"), host="127.0.0.2") as there:
        guard = guard_for("two.example", there, "127.0.0.99", "127.0.0.2")  # where no other test listens
        result = fetching(f"http://two.example:{there.port}/", guard=guard)
    assert (result.body, result.last.address) == (b"<h1>Up</h1>", "127.0.0.2")


def test_the_host_header_names_the_site_not_the_address(fetching: Fetch) -> None:
    with site(html("x")) as there:
        fetching(f"http://named.example:{there.port}/", guard=guard_for("named.example", there))
    assert there.requests[0].headers["host"] == f"named.example:{there.port}"


def test_cookies_and_credentials_are_not_carried_along(fetching: Fetch) -> None:
    moved = answer(302, location="/new", set_cookie="session=secret; Path=/")
    asks = answer(401, www_authenticate="Basic realm=x")
    with site({"/": moved, "/new": asks}) as there:
        fetching(there.url, there)
    assert len(there.requests) == 2
    for request in there.requests:
        assert not {"cookie", "authorization", "proxy-authorization", "referer"} & set(request.headers)


def test_no_state_is_carried_to_another_host(fetching: Fetch) -> None:
    """Neither a cookie that claims the whole of loopback, nor a password asked for, nor where we came from."""
    with site(answer(401, www_authenticate="Basic realm=x")) as far:
        moved = answer(302, location=far.url, set_cookie="session=secret; Domain=127.0.0.1; Path=/")
        with site(moved) as near:
            fetching(near.url, near, far)
            fetching(near.url, near, far)
    assert len(far.requests) == 2
    allowed = {"host", "user-agent", "accept", "accept-encoding", "accept-language", "connection"}
    for request in (*near.requests, *far.requests):
        assert set(request.headers) <= allowed


def test_a_redirect_with_a_password_in_it_is_refused(fetching: Fetch) -> None:
    with site(html("x")) as far, site(redirect(far.url.replace("//", "//someone:secret@"))) as near:
        result = fetching(near.url, near, far)
    assert result.refusal
    assert (result.refusal.code, far.connections) == ("user_info", 0)


def test_proxies_and_passwords_in_the_environment_are_ignored(
    fetching: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: pytest.TempPathFactory
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w") as file:  # noqa: PTH123 (one line)
        file.write("default login someone password secret\n")
    with site(html("<h1>Direct</h1>")) as there, site(html("<h1>Proxy</h1>")) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NETRC", netrc)
        assert fetching(there.url, there).body == b"<h1>Direct</h1>"
        assert proxy.connections == 0
    assert "authorization" not in there.requests[0].headers


def test_crlf_in_a_link_stays_encoded_on_the_wire(fetching: Fetch) -> None:
    with site(html("x")) as there:
        fetching(f"{there.url}a%0d%0aX-Injected:%20yes?b=%0d%0aX-Injected:%20yes", there)
    assert there.requests[0].target == "/a%0d%0aX-Injected:%20yes?b=%0d%0aX-Injected:%20yes"
    assert "x-injected" not in there.requests[0].headers
