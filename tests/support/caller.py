"""A user's browser without JavaScript over real HTTP, for products in processes of their own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

from selectolax.lexbor import LexborHTMLParser

from tests.support.visitor import form_values

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """A response, and how long it took."""

    status: int
    headers: Message
    text: str
    seconds: float


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Return redirects instead of following them."""


class Caller:
    """One browser's cookies; `address` sets its own IP address where the product trusts one proxy."""

    def __init__(self, url: str, address: str = "") -> None:
        self.url, self._headers = url, {"X-Forwarded-For": address} if address else {}
        cookies = CookieJar(DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainLiberal))
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(cookies), _Stay)

    def get(self, path: str) -> Reply:
        return self._send(Request(self.url + path, headers=self._headers))  # noqa: S310 (our own address)

    def post(self, path: str, fields: dict[str, Any]) -> Reply:
        return self._send(Request(self.url + path, urlencode(fields, doseq=True).encode(), self._headers))  # noqa: S310

    def form(self, path: str, form: str = "main form[method=post]") -> tuple[str, dict[str, Any]]:
        """Return the address and fields of the page's form."""
        reply = self.get(path)
        node = LexborHTMLParser(reply.text).css_first(form)
        assert node is not None, f"no form {form!r} on {path}: {reply.status}\n{reply.text[:2000]}"
        return node.attributes.get("action") or path, form_values(node)

    def submit(self, path: str, fields: dict[str, Any], form: str = "main form[method=post]") -> Reply:
        """Open `path`, fill in the form and send it."""
        action, values = self.form(path, form)
        return self.post(action, values | fields)

    def _send(self, request: Request) -> Reply:
        started = time.monotonic()
        try:
            with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except HTTPError as refused:
            status, headers, body = refused.code, refused.headers, refused.read()
        return Reply(status, headers, body.decode(errors="replace"), time.monotonic() - started)
