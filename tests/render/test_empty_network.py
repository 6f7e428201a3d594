"""The browser needs nothing but its proxy: in a network namespace where nothing else answers it still shows a page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import warnings
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from marketplace.prototypes.fetching.fetch import Guard
from marketplace.prototypes.rendering.browser import Browsers, Running, find_browser
from marketplace.prototypes.rendering.limits import RenderLimits
from marketplace.prototypes.rendering.proxy import Proxy
from marketplace.prototypes.rendering.tab import Sight, Tab
from tests.support import empty_network
from tests.support.zoo import zoo_site
from tests.unit.prototypes.conftest import no_names

pytestmark = pytest.mark.browser

ALONE = ("unshare", "--map-current-user", "--keep-caps", "--net")


def refusal() -> str:
    """Why this machine lets no process have a network of its own, empty where it does."""
    try:
        return subprocess.run([*ALONE, "true"], check=False, capture_output=True, text=True).stderr.strip()
    except FileNotFoundError as error:
        return str(error)


@contextlib.contextmanager
def launcher(folder: Path) -> Generator[tuple[Path, socket.socket]]:
    """A program that is the browser in a namespace of its own, and the door at which its listening socket arrives."""
    program, door = folder / "alone", folder / "door"
    command = [*ALONE, sys.executable, empty_network.__file__, str(door), str(find_browser())]
    program.write_text(f'#!/bin/sh\nexec {" ".join(command)} "$@"\n')
    program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as waiting:
        waiting.bind(str(door))
        waiting.listen()
        yield program, waiting


def handed_out(door: socket.socket) -> socket.socket:
    with door.accept()[0] as visitor:
        return socket.socket(fileno=socket.recv_fds(visitor, 1, 1)[1][0])


@contextlib.asynccontextmanager
async def reachable(proxy: Proxy, listener: socket.socket) -> AsyncGenerator[str]:
    """The proxy served on a listener of the namespace too; gives where the browser finds it."""

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        sink.close()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection("127.0.0.1", urlsplit(proxy.url).port)
        await asyncio.gather(carry(reader, onward), carry(there, writer))

    async with await asyncio.start_server(visit, sock=listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def look(running: Running, proxy: Proxy, proxy_url: str, url: str, limits: RenderLimits) -> Sight:
    context = await running.new_context(proxy_url)
    page = await context.new_page()
    tab = Tab(page, await context.new_cdp_session(page), proxy, limits)
    await tab.look(url, ())
    await context.close()
    return tab.sight


def network_of(pid: int | str) -> Path:
    """The namespace, as a link that names it."""
    return Path(f"/proc/{pid}/ns/net").readlink()


def interfaces_of(pid: int) -> set[str]:
    lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
    return {line.partition(":")[0].strip() for line in lines}


@pytest.mark.filterwarnings("default:not tried")
def test_a_browser_with_no_network_but_its_proxy_shows_a_page(tmp_path: Path) -> None:
    if why := refusal():
        warnings.warn(f"not tried, as this machine allows no namespaces: {why}", stacklevel=1)
        return
    limits = RenderLimits()

    async def go() -> None:
        with zoo_site("working") as there, launcher(tmp_path) as (program, door):
            browsers, guard = Browsers(limits, program), Guard(frozenset({there.place}), no_names)
            async with Proxy(guard, limits) as proxy, browsers.one() as running:
                assert network_of(running.pid) != network_of("self")
                assert interfaces_of(running.pid) == {"lo"}
                with handed_out(door) as listener:
                    async with reachable(proxy, listener) as proxy_url:
                        sight = await look(running, proxy, proxy_url, there.url, limits)
            await browsers.close()
        assert sight.measures
        assert "Granite Hall has forty ropes" in sight.measures.text
        assert set(sight.pictures) == {"wide", "phone"}
        assert (sight.failed_requests, proxy.refused) == ([], ())

    asyncio.run(go())
