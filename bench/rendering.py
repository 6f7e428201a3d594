"""Pages a minute a core in the browser: our look with its audits, fresh and warm, beside two bare screenshots.

    python -m bench.rendering [--pages 12] [--rounds 2]

The same page, server and browser in one run. A core's worth is reckoned from the CPU seconds of all processes (ours,
Playwright's driver, the browser's), so that what else the machine does counts little. Memory is the browsers'
proportional share (PSS), with four tabs at work; the server of the page is a process of its own and not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from marketplace.checker.browser.limits import PHONE, WIDE, RenderLimits
from marketplace.checker.browser.process import find_browser
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.fetch.fetch import Guard
from tests.support.sites import html, site

CARD = "<article><h2>Course {n}</h2><p>Three hours with a guide, rope and shoes included.</p><a href='/{n}'>Book</a>"
PAGE = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Climb</title><style>"
    "body{font:16px sans-serif;margin:0}main{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));"
    "gap:16px;padding:16px}article{border:1px solid #ccd;border-radius:8px;padding:16px;background:#f7f8fc}</style>"
    "<h1>Book a climb</h1><main>" + "".join(CARD.format(n=n) + "</article>" for n in range(40)) + "</main>"
    "<form><label>Name <input name=name></label><button>Send</button></form>"
    "<script>document.title += ' ' + document.querySelectorAll('article').length</script>"
)
KINDS = ("bare", "bare fresh", "warm", "fresh", "four tabs")
PATIENT = RenderLimits(seconds=180, load_seconds=60, axe_seconds=60)
"""Nothing may be left out because the machine is busy."""
PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.run:
        kind, url = wanted.run
        _adopt_orphans()
        print(json.dumps(asyncio.run(_measure(kind, url, wanted.pages))))
        return
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    with site({"/": html(PAGE)}) as server:
        for _ in range(wanted.rounds):
            for kind in KINDS:
                command = [sys.executable, "-m", "bench.rendering", "--pages", str(wanted.pages), "--run"]
                done = subprocess.run([*command, kind, server.url], check=True, stdout=subprocess.PIPE, text=True)
                found[kind].append(json.loads(done.stdout.splitlines()[-1]))
    middle = {
        kind: {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        for kind, rounds in found.items()
    }
    for kind, of in middle.items():
        print(
            f"  {kind:<10} {60 / of['cpu']:5.0f} pages/min a core ({of['cpu']:.2f} s of CPU), "
            f"{60 / of['wall']:5.0f} by the clock, {of['megabytes']:.0f} MB"
        )
    for ours, theirs in (("warm", "bare"), ("fresh", "bare fresh")):
        print(f"rendering, {ours}: {theirs} / ours = {middle[theirs]['cpu'] / middle[ours]['cpu']:.2f} in CPU a page")


async def _measure(kind: str, url: str, pages: int) -> dict[str, float]:
    """CPU and wall seconds a page, and the most that the browsers have held, in this process and its children."""
    highest = 0.0

    async def watch() -> None:
        nonlocal highest
        while True:
            highest = max(highest, await asyncio.to_thread(_browser_megabytes))
            await asyncio.sleep(0.25)

    if kind == "four tabs":
        watching = asyncio.create_task(watch())
    started, cpu = time.perf_counter(), _cpu()
    if kind.startswith("bare"):
        await _bare(url, pages, is_fresh="fresh" in kind)
    else:
        await _ours(url, pages, tabs=4 if kind == "four tabs" else 1, is_fresh=kind == "fresh")
    wall, cpu = time.perf_counter() - started, _cpu() - cpu
    if kind == "four tabs":
        watching.cancel()
    return {"cpu": cpu / pages, "wall": wall / pages, "megabytes": highest}


async def _bare(url: str, pages: int, *, is_fresh: bool) -> None:
    """What the same browser needs to load the page and take two pictures, with nothing asked or guarded."""
    async with async_playwright() as playwright:

        async def start() -> Browser:
            return await playwright.chromium.launch(executable_path=find_browser())

        browser = await start()
        for number in range(pages):
            if is_fresh and number:
                await browser.close()
                browser = await start()
            context = await browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
            page = await context.new_page()
            await page.goto(url)
            await page.screenshot(full_page=True)
            await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            await page.screenshot(full_page=True)
            await context.close()
        await browser.close()


async def _ours(url: str, pages: int, *, tabs: int, is_fresh: bool) -> None:
    limits = replace(PATIENT, checks_per_browser=1) if is_fresh else PATIENT
    place = url.split("/")[2]
    async with Renderer(Guard(frozenset({place})), limits, tabs=tabs) as renderer:
        views = await asyncio.gather(*(renderer.view(url) for _ in range(pages)))
    for view in views:
        assert view.rendering.axe, view.rendering.sentence
        assert set(view.pictures) == {"wide", "phone"}


def _adopt_orphans() -> None:
    """Become the parent of what loses its own (prctl(2), Linux): a killed browser's children would go uncounted."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def _cpu() -> float:
    """CPU seconds of this process and of all that it started, which must have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _browser_megabytes() -> float:
    """Proportional share of the browsers' processes; Playwright's driver, which is Node, isn't one."""
    total = 0
    for pid in _descendants():
        with contextlib.suppress(OSError):
            if b"node" not in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _descendants() -> Generator[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    left = [os.getpid()]
    while left:
        children = parents.get(left.pop(), [])
        left += children
        yield from children


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (proc(5)); empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


if __name__ == "__main__":
    main()
