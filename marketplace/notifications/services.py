"""Notify people once per event: a row in their inbox, and a mail if they want that kind by mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import OutgoingMail
from marketplace.notifications.addresses import path_to
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.models import MailPreference, Notification


@dataclass(frozen=True, slots=True)
class News:
    """News for one person; `key` is unique for ever, `path` is the page on this site."""

    user_id: int
    kind: str
    key: str
    subject: str
    path: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Site data that mails need."""

    site_url: str
    signer: URLSafeSerializer


def tell(news: Iterable[News], post: Post, now: datetime) -> None:
    """Write all rows, and mails for those who want them, in four statements for any number of people."""
    wanted = {one.key: one for one in news}
    known = set(db.session.scalars(select(Notification.dedupe_key).where(Notification.dedupe_key.in_(wanted))))
    fresh = [one for key, one in wanted.items() if key not in known]
    if not fresh:
        return
    people = {one.user_id for one in fresh}
    addresses = {
        row.id: row.email for row in db.session.execute(select(User.id, User.email).where(User.id.in_(people)))
    }
    refused = {
        (row.user_id, row.kind)
        for row in db.session.execute(
            select(MailPreference.user_id, MailPreference.kind).where(
                MailPreference.user_id.in_(people), MailPreference.wanted.is_(False)
            )
        )
    }
    for one in fresh:
        db.session.add(
            Notification(
                user_id=one.user_id,
                kind=one.kind,
                dedupe_key=one.key,
                subject=one.subject[:300],
                body=one.body[:2000],
                path=one.path,
                created_at=now,
            )
        )
        if (one.user_id, one.kind) not in refused:
            db.session.add(_mail(one, addresses[one.user_id], post, now))
    doorbell.ring(doorbell.SEND_MAIL)


def _mail(one: News, address: str, post: Post, now: datetime) -> OutgoingMail:
    token = post.signer.dumps([one.user_id, one.kind])
    unsubscribe = post.site_url + path_to("notifications.unsubscribe", token=str(token))
    text = "\n\n".join(
        part
        for part in (
            one.body,
            f"{post.site_url}{one.path}",
            f"--\nYou get this because: {KINDS[one.kind]}.\nStop mails of this kind: {unsubscribe}",
        )
        if part
    )
    return OutgoingMail(
        dedupe_key=f"news:{one.key}"[:200],
        to=address,
        subject=" ".join(one.subject.split())[:300],
        text=text + "\n",
        unsubscribe_url=unsubscribe,
        created_at=now,
        due_at=now,
    )


def mark_read(user: User, now: datetime, notification_id: int | None = None) -> None:
    """Mark one of the person's notifications as read, or all of them."""
    unread = update(Notification).where(Notification.user_id == user.id, Notification.read_at.is_(None))
    if notification_id is not None:
        unread = unread.where(Notification.id == notification_id)
    db.session.execute(unread.values(read_at=now).execution_options(synchronize_session=False))


def set_preferences(user_id: int, wanted: Iterable[str]) -> None:
    """Mail the person these kinds and no others."""
    chosen = set(wanted)
    for kind in KINDS:
        set_preference(user_id, kind, wanted=kind in chosen)


def set_preference(user_id: int, kind: str, *, wanted: bool) -> None:
    """Switch one kind of mail on or off."""
    row = db.session.get(MailPreference, (user_id, kind))
    if row is None:
        db.session.add(MailPreference(user_id=user_id, kind=kind, wanted=wanted))
    else:
        row.wanted = wanted


def read_unsubscribe(token: str, signer: URLSafeSerializer) -> tuple[int, str]:
    """Return whose mails of which kind a signed link stops; raises NotFound for a forged one."""
    try:
        user_id, kind = signer.loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound("This link is not valid. Switch mails off on your account page instead.") from None
    if kind not in KINDS:
        raise NotFound("We don’t send mails of this kind any more.")
    return int(user_id), str(kind)
