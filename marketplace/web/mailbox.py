"""The mail viewer of a development site: all mails sent, or to be sent; visible from this machine only."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Flask, has_request_context, render_template, request
from sqlalchemy import select

from config.settings import EVERYWHERE
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import OutgoingMail
from marketplace.core.pages import page_of

bp = Blueprint("mailbox", __name__)
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
"""Headers that show that a proxy or tunnel forwards another machine's request."""


def init_mailbox(app: Flask) -> None:
    """Open the viewer and let pages link to it; for development only."""
    app.register_blueprint(bp)
    app.context_processor(lambda: {"mailbox_is_open": has_request_context() and _is_from_here()})


@bp.before_request
def _answer_this_machine_alone() -> None:
    if not _is_from_here():
        raise NotFound("Mails are shown on the machine that runs this site only.")


def _is_from_here() -> bool:
    """Whether the browser runs on this machine: loopback peer, no forwarding header, and a local host name.

    The host name matters because another site can resolve its own name to 127.0.0.1 (DNS rebinding).
    """
    if any(name in request.headers for name in FORWARDING):
        return False
    peer = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR", "")
    named = urlsplit(f"//{request.host}").hostname or ""
    return _is_loopback(peer) and (named == "localhost" or named in EVERYWHERE or _is_loopback(named))


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


@bp.get("/mail")
def index() -> str:
    """All mails, newest first."""
    page = page_of(select(OutgoingMail), [OutgoingMail.id], request.args.get("after"))
    return render_template("mailbox/index.html", page=page)


@bp.get("/mail/<int:mail_id>")
def show(mail_id: int) -> str:
    """One mail, with working links."""
    mail = db.session.get(OutgoingMail, mail_id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return render_template("mailbox/show.html", mail=mail)
