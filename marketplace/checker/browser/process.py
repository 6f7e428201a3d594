"""Finds Chromium and keeps one process running that can reach nothing but a check's proxy.

The flags are what tests/render/test_browser_guard.py shows to be needed: without them pages
reach loopback past the proxy, or send UDP.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
from collections.abc import AsyncGenerator
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error, Playwright, async_playwright

from marketplace.checker.browser.isolated_network import MAX_LISTENERS, host_network, isolated_network, refusal
from marketplace.checker.browser.limits import WIDE, RenderLimits
from marketplace.checker.browser.protocol import send

log = logging.getLogger(__name__)

PROGRAMS = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first of these on PATH is used; headless shells are three times as fast as the others."""
DEAD_PROXY = "127.0.0.1:1"
"""A closed port as the default proxy: traffic outside a check's context goes nowhere."""
CLOSING_SECONDS = 3.0
MAX_SCRIPT_MEGABYTES = 512

FLAGS = (
    f"--proxy-server={DEAD_PROXY}",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--no-pings",
    "--disable-gpu",
    f"--js-flags=--max-old-space-size={MAX_SCRIPT_MEGABYTES}",
)
DROPPED_DEFAULTS = ("--disable-popup-blocking", "--disable-ipc-flooding-protection")
"""Playwright's default flags that are only for testing one's own pages."""
PASSED_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR", "FONTCONFIG_PATH", "FONTCONFIG_FILE")
"""Environment variables passed to the browser; it runs untrusted code, so it gets no secrets."""


class NoBrowser(Exception):
    """There is no browser, or it doesn't start; the message says how to fix it."""


def find_browser(given: Path | None = None) -> Path:
    """The browser to use: `given`, or the first on PATH; raises NoBrowser."""
    names = (str(given),) if given else PROGRAMS
    for name in names:
        if path := shutil.which(name):
            return Path(path)
    if given:
        raise NoBrowser(f"There is no browser at {given}; set BROWSER to Chromium's program.")
    raise NoBrowser("This machine has no Chromium; install Debian's chromium-headless-shell or chromium.")


class RunningBrowser:
    """One browser process with its children, and its use."""

    def __init__(self, browser: Browser, pid: int, listeners: list[socket.socket]) -> None:
        self.browser, self.pid, self._listeners = browser, pid, listeners
        self.is_isolated = bool(listeners)
        """It runs in an empty network namespace and reaches only our listeners."""
        self.checks = self.users = 0
        self.is_retired = False
        """It gets no more checks and is ended after the last one."""
        self.is_unresponsive = False
        """A page in it timed out or could not be closed, and may have held up others."""

    @property
    def version(self) -> str:
        return f"Chromium {self.browser.version}"

    def listener(self) -> socket.socket | None:
        """A new socket for a check's proxy to listen on; None to let it choose a port.

        No socket is reused: late requests of an earlier page may still arrive there.
        """
        return self._listeners.pop() if self._listeners else None

    async def new_context(self, proxy_url: str) -> BrowserContext:
        """A new browser context with no permissions, downloads or service workers, using only this proxy."""
        major = self.browser.version.partition(".")[0]
        return await self.browser.new_context(
            proxy={"server": proxy_url},
            viewport={"width": WIDE[0], "height": WIDE[1]},
            user_agent=f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            f"Chrome/{major}.0.0.0 Safari/537.36 PrebuiltCheck/1",
            locale="en-US",
            timezone_id="UTC",
            color_scheme="light",
            reduced_motion="reduce",
            accept_downloads=False,
            service_workers="block",
            permissions=[],
        )

    async def end(self) -> None:
        """Kill the process with all its children."""
        self.is_retired = True
        for listener in self._listeners:
            listener.close()
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if os.getpgid(self.pid) != os.getpgid(0):
                    os.killpg(os.getpgid(self.pid), signal.SIGKILL)
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.browser.close()


class BrowserPool:
    """One running browser for all checks; replaced after so many, a crash, or a page that blocked it."""

    def __init__(self, limits: RenderLimits, program: Path | None, *, is_isolated: bool = True) -> None:
        """`is_isolated`: use an empty network namespace where the machine allows it."""
        self._limits, self._program, self._is_isolated = limits, program, is_isolated
        self._checks_each = min(limits.checks_per_browser, MAX_LISTENERS)
        self._starting = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._current: RunningBrowser | None = None
        self._all: set[RunningBrowser] = set()

    async def close(self) -> None:
        """End them all."""
        for running in tuple(self._all):
            await running.end()
        await self._stop_driver()

    @contextlib.asynccontextmanager
    async def borrow(self) -> AsyncGenerator[RunningBrowser]:
        """A browser for one check; raises NoBrowser."""
        running = await self._take()
        try:
            yield running
        finally:
            running.users -= 1
            if not running.users and (running.is_retired or not running.browser.is_connected()):
                self._all.discard(running)
                await running.end()

    async def _take(self) -> RunningBrowser:
        async with self._starting:
            running = self._current
            if running is None or running.is_retired or not running.browser.is_connected():
                running = self._current = await self._start()
                self._all.add(running)
            running.users += 1
            running.checks += 1
            running.is_retired = running.is_retired or running.checks >= self._checks_each
            return running

    async def _start(self) -> RunningBrowser:
        program = find_browser(self._program)
        try:
            return await self._launch(program)
        except Error:  # Playwright's driver may have died: restart it once
            await self._stop_driver()
        try:
            return await self._launch(program)
        except Error as error:
            raise NoBrowser(f"{program} doesn't start: {error.message[:300]}") from error

    async def _launch(self, program: Path) -> RunningBrowser:
        """Launch with the strongest isolation that this machine allows; raises Error."""
        if self._playwright is None:
            self._playwright = await async_playwright().start()
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium's sandbox doesn't run as root
        sandboxes = (False,) if is_root else (True, False)
        if why := self._is_isolated and await asyncio.to_thread(refusal):
            log.warning("the browser shares this machine's network: %s", why)
        isolations = (True, False) if self._is_isolated and not why else (False,)
        *better, last = product(sandboxes, isolations)
        for sandbox, is_isolated in better:
            try:
                return await self._launch_as(self._playwright, program, sandbox=sandbox, is_isolated=is_isolated)
            except (Error, TimeoutError) as error:
                log.warning("no browser with sandbox %s, network of its own %s: %.300s", sandbox, is_isolated, error)
        return await self._launch_as(self._playwright, program, sandbox=last[0], is_isolated=last[1])

    async def _launch_as(
        self, playwright: Playwright, program: Path, *, sandbox: bool, is_isolated: bool
    ) -> RunningBrowser:
        place = isolated_network(program, self._checks_each) if is_isolated else host_network(program)
        with place as (start, get_listeners):
            browser = await playwright.chromium.launch(
                executable_path=start,
                args=list(FLAGS),
                ignore_default_args=list(DROPPED_DEFAULTS),
                env={name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ},
                timeout=self._limits.seconds * 1000,
                chromium_sandbox=sandbox,
            )
            listeners = await asyncio.to_thread(get_listeners)
        session = await browser.new_browser_cdp_session()
        answer = await send(session, "SystemInfo.getProcessInfo")
        await session.detach()
        pid = next(entry["id"] for entry in answer["processInfo"] if entry["type"] == "browser")
        return RunningBrowser(browser, pid, listeners)

    async def _stop_driver(self) -> None:
        playwright, self._playwright = self._playwright, None
        if playwright:
            with contextlib.suppress(Exception):  # it may be gone already
                async with asyncio.timeout(CLOSING_SECONDS):
                    await playwright.stop()
