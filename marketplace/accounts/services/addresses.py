"""Undoing a change of e-mail address, by the owner of the old one, within a week."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask_security.utils import hash_password
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import CursorResult, select, update

from marketplace.accounts.models import EmailChange, User
from marketplace.accounts.services.people import sign_out_everywhere
from marketplace.core.database import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.outbox import post_mail

UNDO_WITHIN = timedelta(days=7)
GONE = "This link was used already, is older than 7 days, or was not copied as a whole."


def note_change(user: User, old_email: str, site_url: str, signer: URLSafeSerializer, now: datetime) -> None:
    """Mail the old address at once, with the link that undoes the change."""
    change = EmailChange(user_id=user.id, old_email=old_email, new_email=user.email, changed_at=now)
    db.session.add(change)
    db.session.flush()
    link = f"{site_url}/account/email/undo/{signer.dumps(change.id)}"
    text = (
        "Your account now has another e-mail address, and mails go there.\n\n"
        "If that was not you, somebody else knows your password. Take the account back here, without signing in "
        f"(the link works once, for {UNDO_WITHIN.days} days):\n\n{link}\n\n"
        "It brings this address back, ends every session and makes the password worthless. If it was you, do nothing."
    )
    post_mail(old_email, "Your e-mail address was changed", text, now)


def undoable_change(token: str, signer: URLSafeSerializer, now: datetime) -> EmailChange:
    """Return the change that a mailed link undoes; raises NotFound if the link is used, expired or forged."""
    try:
        change = db.session.get(EmailChange, int(signer.loads(token)))
    except (BadSignature, ValueError, TypeError):
        change = None
    if change is None or change.undone_at is not None or now >= change.changed_at + UNDO_WITHIN:
        raise NotFound(GONE)
    return change


def undo_change(change: EmailChange, now: datetime) -> User:
    """Restore the old address, end all sessions, and invalidate the password; a reset mail gives a new one.

    Undoes later changes too. Raises NotFound when the link was used meanwhile, Conflict when another account has
    confirmed the address since.
    """
    user_id, old_email = change.user_id, change.old_email
    void = update(EmailChange).where(EmailChange.user_id == user_id, EmailChange.undone_at.is_(None))
    used: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        void.where(EmailChange.id == change.id).values(undone_at=now)
    )
    if used.rowcount != 1:
        raise NotFound(GONE)
    _free(old_email, user_id)
    db.session.execute(void.where(EmailChange.id > change.id).values(undone_at=now))
    user = db.session.get_one(User, user_id)
    user.email, user.confirmed_at, user.password = old_email, now, hash_password(secrets.token_urlsafe(32))
    sign_out_everywhere(user)
    return user


def _free(email: str, user_id: int) -> None:
    """Free the address from an account that never confirmed it; raises Conflict for one that did."""
    other = db.session.scalar(select(User).where(User.email == email, User.id != user_id))
    if other is None:
        return
    if other.confirmed_at is not None:
        raise Conflict("Another account has this address by now. Tell the people who run this site.")
    other.email = f"unconfirmed-{other.id}@account.invalid"
    db.session.flush()
