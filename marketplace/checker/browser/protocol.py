"""Typed commands of Chromium's DevTools protocol, for what Playwright doesn't offer."""

from __future__ import annotations

from typing import Any, cast

from playwright.async_api import CDPSession


async def send(session: CDPSession, method: str, **parameters: object) -> dict[str, Any]:
    """One command and its answer (chromedevtools.github.io/devtools-protocol); raises Playwright's Error."""
    return cast("dict[str, Any]", await session.send(method, parameters))
