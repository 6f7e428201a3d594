"""Security headers on every answer; the pages hold no inline code or style, so the policy can be strict."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, g, request

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


STATIC_FILES = ("static", "security.static")
SHARED = "public, max-age=86400"
ASKED_AGAIN = "private, no-cache"
NEVER = "private, no-store"


def keep_in_browser() -> None:
    """Call where this request answers with a picture, or with a file that anybody may see: this browser keeps it, and
    asks each time whether it still stands and whether the person still may see it.
    """
    g.is_kept = True


def cache_rule(endpoint: str | None, status: int, *, kept: bool) -> str:
    """The Cache-Control of an answer (RFC 9111): pages hold tokens of one person's session, so nobody stores them."""
    if status not in (200, 206, 304):
        return NEVER
    if endpoint in STATIC_FILES:
        return SHARED
    return ASKED_AGAIN if kept else NEVER


def init_headers(app: Flask, *, https: bool, form_targets: Iterable[str] = ()) -> None:
    """Add the headers; how long an answer is kept is decided here and nowhere else.

    `form_targets`: origins of others to which the answer to one of our forms may lead (browsers hold redirects
    after a form to form-action).
    """
    policy = CONTENT_SECURITY_POLICY.replace("form-action 'self'", " ".join(["form-action 'self'", *form_targets]))

    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        rule = cache_rule(request.endpoint, response.status_code, kept="is_kept" in g)
        response.headers["Cache-Control"] = rule
        if rule != SHARED:
            response.headers.pop("Expires", None)
        return response

    app.after_request(add)
