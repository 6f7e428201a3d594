"""Resolves names with the system's resolver in threads; tells unknown names from resolver failures."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from ipaddress import ip_address

from marketplace.checker.guard.address import IPAddress

RESOLVER_THREADS = 64
_NO_SUCH_NAME = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
_threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="names")


class NameProblem(StrEnum):
    """Why a name gave no address: it doesn't exist, or the resolver failed."""

    UNKNOWN_NAME = "unknown_name"
    NO_ANSWER = "no_answer"


class NameFailure(Exception):
    """A name didn't resolve."""

    def __init__(self, problem: NameProblem, detail: str = "") -> None:
        super().__init__(detail or problem)
        self.problem = problem


def _look_up(host: str) -> list[IPAddress]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        problem = NameProblem.UNKNOWN_NAME if error.errno in _NO_SUCH_NAME else NameProblem.NO_ANSWER
        raise NameFailure(problem, str(error)) from error
    except UnicodeError as error:
        raise NameFailure(NameProblem.UNKNOWN_NAME, str(error)) from error
    return [ip_address(str(entry[4][0])) for entry in found]


async def system_resolver(host: str) -> list[IPAddress]:
    """All addresses of `host`; raises NameFailure."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _look_up, host)
