"""Well-known addresses: /login, and where to report a vulnerability (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from marketplace.web.request import now, settings

bp = Blueprint("well_known", __name__)
GOOD_FOR = timedelta(days=180)
"""Expires: RFC 9116 recommends less than a year."""


@bp.get("/login", endpoint="login")
@bp.get("/sign-in", endpoint="login")
def sign_in() -> BaseResponse:
    """Redirect to the sign-in page, and from there to where the visitor wanted to go."""
    return redirect(url_for("security.login", next=request.args.get("next")), code=301)


@bp.get("/register", endpoint="register")
@bp.get("/sign-up", endpoint="register")
def sign_up() -> BaseResponse:
    """Redirect to the sign-up page."""
    return redirect(url_for("security.register"), code=301)


@bp.get("/.well-known/security.txt")
@bp.get("/security.txt")
def security_txt() -> Response:
    """Contact for vulnerability reports; never expires, since it is generated anew on each request."""
    site, expires = settings().site_url, (now() + GOOD_FOR).replace(microsecond=0)
    policy = f"{site}/help/security"
    lines = {
        "Contact": settings().security_contact or policy,
        "Expires": expires.isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": "en",
        "Canonical": f"{site}/.well-known/security.txt",
        "Policy": policy,
    }
    return Response("".join(f"{name}: {value}\n" for name, value in lines.items()), mimetype="text/plain")
