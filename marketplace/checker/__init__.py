"""Checks a link as a person with a browser would see it: a library, without a web framework or a database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.checker.record import CheckRecord
    from marketplace.checker.setup import Setup
    from marketplace.checker.spec import Spec

__all__ = ["check", "check_async"]


def check(
    link: str, spec: Spec | None = None, setup: Setup | None = None, *, browser: Path | None = None
) -> CheckRecord:
    """Check `link` in full (fetched, opened in a browser, tried against `spec`, audited) and wait for the record.

    `setup` says what may be reached and how patiently (by default the public web, gently); `browser` is the program
    to look with (Chromium found on this machine when None). Whatever happens to the link, there is a record.
    """
    return asyncio.run(check_async(link, spec, setup, browser=browser))


async def check_async(
    link: str, spec: Spec | None = None, setup: Setup | None = None, *, browser: Path | None = None
) -> CheckRecord:
    """The same in an event loop that runs already."""
    from marketplace.checker.examiner import examine_link
    from marketplace.checker.setup import Setup
    from marketplace.checker.spec import CheckRequest

    request = spec.request(link) if spec else CheckRequest(link)
    return await examine_link(request, setup or Setup(), browser=browser)
