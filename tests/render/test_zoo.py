"""Sites of the zoo in a real browser: findings that need one, and no way into a private network."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import ExitStack, aclosing
from functools import cache
from typing import NamedTuple

import pytest
from playwright.async_api import Browser, Error, async_playwright

from marketplace.checker.browser.process import find_browser
from marketplace.checker.browser.renderer import Renderer
from marketplace.checker.engine import Checker, run
from marketplace.checker.examiner import Examiner
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.record import CheckRecord
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest
from tests.support.canaries import Canary
from tests.support.sites import Site
from tests.support.zoo import SITES, zoo_site
from tests.support.zoo_visits import guard_of, resolve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("zoo")]

PATIENCE = 10.0
"""Seconds in which a browser that nothing holds back must have reached inward, on a machine that is busy."""


class Found(NamedTuple):
    """What a full check comes to."""

    reason: str
    """Why the page wasn't rendered, empty when it was."""
    attempts: set[str]
    """What the page tried and was denied."""
    refused: bool
    """Whether the guard kept the page from where it went."""
    tones: dict[str, str]
    """Of the auditors that matter."""


def rendered(*attempts: str, refused: bool = False, **tones: str) -> Found:
    return Found("", set(attempts), refused, tones)


def not_opened(*attempts: str, refused: bool = False, **tones: str) -> Found:
    return Found("not_opened", set(attempts), refused, {"rendering": "not_measured"} | tones)


FINDINGS = {
    "working": rendered(rendering="good", accessibility="good", real="good", safe="good"),
    "scripted": rendered(real="good", safe="good"),
    "phone_overflow": rendered(rendering="bad"),
    "inaccessible": rendered(accessibility="bad"),
    "program": not_opened("download", safe="bad"),
    "download": rendered("download", safe="bad"),
    "late_download": rendered("download", safe="bad"),
    "credential_script": rendered(real="good", safe="bad"),
    "near_credential_script": rendered(real="good", safe="note"),
    "pushy": rendered("dialog", "permission", "popup", "service_worker", real="good", safe="good"),
    "cookies_across": rendered(real="good", safe="note"),
    "inward_meta_refresh": not_opened(refused=True, safe="bad"),
    "inward_script_redirect": not_opened(refused=True, safe="bad"),
    "inward_download": not_opened(refused=True, safe="bad"),
    "inward_frames": rendered(refused=True, real="good", safe="note"),
    "inward_images": rendered(refused=True, real="good", safe="note"),
    "inward_fetch": rendered(refused=True, real="good", safe="note"),
    "inward_web_socket": rendered(refused=True, real="good", safe="note"),
    "inward_web_rtc": rendered(real="good", safe="good"),
    "inward_service_worker": rendered("service_worker", real="good", safe="good"),
    "inward_popup": rendered("popup", refused=True, real="good", safe="note"),
}
INWARD = [name for name in FINDINGS if name.startswith("inward_")]


async def examine_all(sites: dict[str, Site]) -> dict[str, CheckRecord]:
    """The full checks of all sites, as the product's workers make them: by one browser, some at once."""
    guard = Guard(frozenset().union(*(guard_of(there).exceptions for there in sites.values())), resolve)
    async with aclosing(Checker(Setup(guard=guard, politeness=UNLIMITED))) as checker, Renderer(guard) as renderer:
        examiner = Examiner(checker, renderer)
        found = await asyncio.gather(*(examiner.examine(CheckRequest(there.url)) for there in sites.values()))
    return {name: one.record for name, one in zip(sites, found, strict=True)}


@cache
def examined() -> dict[str, tuple[CheckRecord, int]]:
    """Site -> its full check, and how often anybody came to where it may not lead."""
    with ExitStack() as stack:
        canaries = {name: stack.enter_context(Canary()) for name in FINDINGS}
        sites = {
            name: stack.enter_context(zoo_site(name, inward=f"127.0.0.1:{canary.port}"))
            for name, canary in canaries.items()
        }
        records = run(examine_all(sites))
    return {name: (records[name], canary.count) for name, canary in canaries.items()}


@pytest.mark.parametrize("name", FINDINGS)
def test_full_check_of_zoo_site(name: str) -> None:
    record, _ = examined()[name]
    expected, rendering = FINDINGS[name], record.rendering
    assert (record.state, record.reason) == ("live", "answered")
    assert rendering
    tones = {audit.name: audit.tone.value for audit in record.audits if audit.name in expected.tones}
    found = Found(rendering.reason, set(rendering.attempts), bool(rendering.refused_requests), tones)
    assert found == expected, record.audits


@pytest.mark.parametrize("name", INWARD)
def test_private_network_is_not_reached_by(name: str) -> None:
    _, heard = examined()[name]
    assert heard == 0


@pytest.mark.parametrize("name", ["inward_meta_refresh", "inward_script_redirect", "inward_download"])
def test_page_that_goes_inward_says_why_it_was_not_opened(name: str) -> None:
    rendering = examined()[name][0].rendering
    assert rendering
    assert "the checking machine itself" in rendering.sentence


def test_every_site_that_leads_a_browser_inward_is_in_the_table() -> None:
    assert {name for name in SITES if name.startswith("inward_")} - set(FINDINGS) == {"inward_redirect"}


@cache
def heard_without_a_guard() -> dict[str, int]:
    """Site -> how often somebody came inward, led by a browser that nothing holds back."""

    async def lead(browser: Browser, url: str, canary: Canary) -> None:
        page = await (await browser.new_context()).new_page()
        with contextlib.suppress(Error):
            await page.goto(url, wait_until="commit")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not canary.count:  # noqa: ASYNC110 (a canary sings in a thread of its own)
                    await asyncio.sleep(0.05)

    async def lead_all() -> None:
        async with async_playwright() as playwright:
            program = find_browser()
            browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            await asyncio.gather(*(lead(browser, urls[name], canary) for name, canary in canaries.items()))
            await browser.close()

    with ExitStack() as stack:
        canaries = {name: stack.enter_context(Canary()) for name in INWARD}
        urls = {
            name: stack.enter_context(zoo_site(name, inward=f"127.0.0.1:{canary.port}")).url
            for name, canary in canaries.items()
        }
        asyncio.run(lead_all())
    return {name: canary.count for name, canary in canaries.items()}


@pytest.mark.parametrize("name", INWARD)
def test_without_a_guard_private_network_is_reached_by(name: str) -> None:
    assert heard_without_a_guard()[name] > 0
