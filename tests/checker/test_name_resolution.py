"""Name resolution: unknown names are told from resolver failures."""

from __future__ import annotations

import asyncio
import socket

import pytest

from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.result import FetchProblem
from marketplace.checker.guard.name_resolution import NameFailure, NameProblem, system_resolver
from tests.checker.conftest import Fetch


def failing(code: int) -> object:
    def getaddrinfo(*args: object, **options: object) -> object:
        raise socket.gaierror(code, "no luck")

    return getaddrinfo


def test_system_resolver_resolves_this_machine() -> None:
    assert {str(address) for address in asyncio.run(system_resolver("localhost"))} & {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("code", "problem", "hop_problem"),
    [
        (socket.EAI_NONAME, NameProblem.UNKNOWN_NAME, FetchProblem.UNKNOWN_NAME),
        (socket.EAI_AGAIN, NameProblem.NO_ANSWER, FetchProblem.NAME_NO_ANSWER),
        (socket.EAI_FAIL, NameProblem.NO_ANSWER, FetchProblem.NAME_NO_ANSWER),
        (socket.EAI_MEMORY, NameProblem.NO_ANSWER, FetchProblem.NAME_NO_ANSWER),
    ],
    ids=["no such name", "try again", "server failed", "out of memory"],
)
def test_failed_lookup_has_a_reason(
    fetching: Fetch, monkeypatch: pytest.MonkeyPatch, code: int, problem: NameProblem, hop_problem: FetchProblem
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", failing(code))
    with pytest.raises(NameFailure) as failure:
        asyncio.run(system_resolver("example.com"))
    assert failure.value.problem is problem
    assert fetching("http://example.com/", guard=Guard()).last.problem is hop_problem


def test_silent_resolver_times_out(fetching: Fetch) -> None:
    async def resolve(host: str) -> list[object]:
        await asyncio.sleep(60)
        return []

    result = fetching("http://example.com/", guard=Guard(resolver=resolve))  # pyright: ignore[reportArgumentType]
    assert result.last.problem is FetchProblem.NAME_TIMEOUT


def test_name_without_addresses_is_unknown(fetching: Fetch) -> None:
    async def resolve(host: str) -> list[object]:
        return []

    result = fetching("http://example.com/", guard=Guard(resolver=resolve))  # pyright: ignore[reportArgumentType]
    assert result.last.problem is FetchProblem.UNKNOWN_NAME
