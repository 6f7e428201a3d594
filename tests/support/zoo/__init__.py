"""A zoo of sites, one folder each: what a link may lead to, from a working site to hostile ones.

    with zoo_site("parked") as there: ...

A folder's files are served by their names ("/" is index.html). Its site.json says what isn't a plain file, by path:
{"file" or "text" and "repeat" so many "times", "status", "headers" (as sites.answer takes them), "delay" (s), "gzip"}.
`near_x` is the harmless neighbour of `x`: it must not be taken for it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import mimetypes
import ssl
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.support.sites import Answer, Site, SiteRequest, answer, site

ZOO = Path(__file__).parent
SITES = sorted(folder.name for folder in ZOO.iterdir() if folder.is_dir() and not folder.name.startswith("_"))


def zoo_site(name: str, *, tls: ssl.SSLContext | None = None) -> AbstractContextManager[Site]:
    """Serve one site of the zoo while the block runs."""
    folder = ZOO / name
    plan = folder / "site.json"
    rules: dict[str, Any] = json.loads(plan.read_text()) if plan.exists() else {}

    def respond(request: SiteRequest) -> Answer:
        path = request.target.partition("?")[0]
        rule: dict[str, Any] = rules.get(path) or {"file": path.strip("/") or "index.html"}
        response = _response(folder, rule)
        return _late(response, rule["delay"]) if "delay" in rule else response

    return site(respond, tls=tls)


def _response(folder: Path, rule: dict[str, Any]) -> bytes:
    headers: dict[str, str] = dict(rule.get("headers", {}))
    body = (rule.get("text", "") + rule.get("repeat", "") * rule.get("times", 0)).encode()
    if "file" in rule:
        file = folder / rule["file"]
        if not file.is_file():
            return answer(404, "<h1>Not found</h1>")
        body = file.read_bytes()
        headers.setdefault("content_type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    if rule.get("gzip"):
        body, headers = gzip.compress(body), {**headers, "content_encoding": "gzip"}
    return answer(rule.get("status", 200), body, **headers)


async def _late(response: bytes, seconds: float) -> AsyncIterator[bytes]:
    await asyncio.sleep(seconds)
    yield response
