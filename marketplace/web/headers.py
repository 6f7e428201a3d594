"""Security headers of every answer; pages have no inline code or style, so the policy can be strict."""

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
    """Let the browser keep this answer (a picture, or a file that anybody may see) and revalidate it on each use."""
    g.is_kept = True


def cache_rule(endpoint: str | None, status: int, *, kept: bool) -> str:
    """The Cache-Control of an answer (RFC 9111): pages hold session tokens, so they are never stored."""
    if status not in (200, 206, 304):
        return NEVER
    if endpoint in STATIC_FILES:
        return SHARED
    return ASKED_AGAIN if kept else NEVER


def init_headers(app: Flask, *, https: bool, form_targets: Iterable[str] = ()) -> None:
    """Add the headers; Cache-Control is set only here.

    `form_targets`: foreign origins to which a form's answer may redirect (browsers apply form-action to such
    redirects).
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
