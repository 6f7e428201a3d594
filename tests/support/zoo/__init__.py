"""A zoo of sites, one folder each: possible targets of links, from a working site to hostile ones.

    with zoo_site("parked") as there: ...

A folder's files are served under their names ("/" is index.html). Its site.json defines other responses, by path:

- {"file" or "text" and "repeat" so many "times", "status", "headers" (as sites.answer takes them)}; "delay" (seconds)
  delays it, "packed" applies that content coding, and clients that send a header of "unless_sent" get none;
- {"raw": [[text, times], ...]}, the response's raw bytes;
- either with {"drip": text}, sent repeatedly after it; or {"silent": true}, which never answers.

In all of it $PORT is the site's own port, and $INWARD a host and port that no link may reach.
`near_x` is a harmless look-alike of `x` that must not be mistaken for it.
`inward_x` tries to reach $INWARD by means of x.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import mimetypes
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import brotli
from backports import zstd

from tests.support.sites import Answer, Site, SiteRequest, answer, drip, site

ZOO = Path(__file__).parent
SITES = sorted(folder.name for folder in ZOO.iterdir() if folder.is_dir() and not folder.name.startswith("_"))
NOBODY = "127.0.0.1:1"
PACKED: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}


def zoo_site(name: str, *, tls: ssl.SSLContext | None = None, inward: str = NOBODY) -> AbstractContextManager[Site]:
    """Serve one site of the zoo while the block runs."""
    folder = ZOO / name
    plan = folder / "site.json"
    rules: dict[str, Any] = json.loads(plan.read_text()) if plan.exists() else {}

    def respond(request: SiteRequest) -> Answer:
        path = request.target.partition("?")[0]
        rule: dict[str, Any] = rules.get(path) or {"file": path.strip("/") or "index.html"}
        if rule.get("silent"):
            return None
        if carried := set(rule.get("unless_sent", ())) & set(request.headers):
            return answer(500, f"<h1>You sent {carried}</h1>")
        port = request.headers["host"].rpartition(":")[2]

        def fill(text: bytes) -> bytes:
            return text.replace(b"$INWARD", inward.encode()).replace(b"$PORT", port.encode())

        response = _raw(rule["raw"]) if "raw" in rule else _response(folder, rule, fill)
        if "drip" in rule:
            return drip(rule["drip"].encode(), first=response)
        return _late(response, rule["delay"]) if "delay" in rule else response

    return site(respond, tls=tls)


def _raw(pieces: list[tuple[str, int]]) -> bytes:
    return b"".join(text.encode() * times for text, times in pieces)


def _response(folder: Path, rule: dict[str, Any], fill: Callable[[bytes], bytes]) -> bytes:
    headers: dict[str, str] = dict(rule.get("headers", {}))
    body = (rule.get("text", "") + rule.get("repeat", "") * rule.get("times", 0)).encode()
    if "file" in rule:
        file = folder / rule["file"]
        if not file.is_file():
            return answer(404, "<h1>Not found</h1>")
        body = file.read_bytes()
        headers.setdefault("content_type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
    body = fill(body)
    if coding := rule.get("packed"):
        body, headers = PACKED[coding](body), {**headers, "content_encoding": coding}
    return fill(answer(rule.get("status", 200), body, **headers))


async def _late(response: bytes, seconds: float) -> AsyncIterator[bytes]:
    await asyncio.sleep(seconds)
    yield response
