"""Testimonials of past customers: invited by mail, written once through a signed link, hidden or shown by the owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import CursorResult, select, update

from marketplace.accounts.linked_accounts import is_device_of, link_between
from marketplace.accounts.linking_rules import refusal
from marketplace.accounts.models import RefusedAddress, Testimonial, User
from marketplace.accounts.policy import INVITATION_DAYS, is_open_invitation, why_not_open_invitation
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotFound, demand
from marketplace.core.events import testimonial_written
from marketplace.core.outbox import post_mail
from marketplace.core.signing import link_signer
from marketplace.core.text import without_links
from marketplace.core.upserts import insert_once

MAX_OPEN_INVITATIONS = 20
MAX_A_DAY = 10
REFUSING = "refuse invitations"
"""Signing purpose of the link that refuses invitations."""
WORDS_FOR_EACH_OTHER = "praise each other"


def invite_testimonial(user: User, email: str, signer: URLSafeSerializer, site_url: str, now: datetime) -> Testimonial:
    """Mail a past customer a signed link to write a testimonial; raises Invalid for too many or one's own address.

    A customer whose link expired may be invited once more, and the same link works again.
    """
    email = email.lower()
    if not user.is_freelancer:
        raise Invalid("email", "Only freelancers collect testimonials. Add that role on your account page.")
    if email == user.email:
        raise Invalid("email", "Enter a past customer's address, not your own.")
    if kind := _link_with(user, email):
        raise Invalid("email", refusal(kind, "that customer’s", WORDS_FOR_EACH_OTHER))
    if db.session.get(RefusedAddress, email):
        raise Invalid("email", "This address takes no invitations: its owner asked us not to write again.")
    made = db.session.scalars(select(Testimonial).where(Testimonial.user_id == user.id)).all()
    if sum(is_open_invitation(one, now) for one in made) >= MAX_OPEN_INVITATIONS:
        raise Invalid("email", f"{MAX_OPEN_INVITATIONS} invitations are waiting already. Wait for some answers first.")
    if sum(now - one.invited_at < timedelta(days=1) for one in made) >= MAX_A_DAY:
        raise Invalid("email", f"You can invite {MAX_A_DAY} customers a day. Invite more tomorrow.")
    testimonial = next((one for one in made if one.invited_email == email), None)
    if testimonial is None:
        db.session.add(testimonial := Testimonial(user_id=user.id, invited_email=email))
    elif testimonial.written_at is not None or is_open_invitation(testimonial, now):
        raise Invalid("email", "You have invited this customer already.")
    testimonial.invited_at = now
    db.session.flush()
    refuse_url = f"{site_url}/invitations/refuse/{link_signer(REFUSING).dumps(email)}"
    _mail_the_link(testimonial, user, f"{site_url}/testimonials/{signer.dumps(testimonial.id)}", refuse_url, now)
    return testimonial


def _link_with(user: User, email: str) -> str | None:
    """The kind of signal that links the account with this address to the user's; None if nothing does."""
    customer = db.session.scalar(select(User.id).where(User.email == email))
    return link_between(user.id, customer) if customer else None


def _mail_the_link(testimonial: Testimonial, user: User, url: str, refuse_url: str, now: datetime) -> None:
    """Mail the link; strangers receive it, so the inviter chooses only a sanitized name, and no subject."""
    text = (
        f"A freelancer by the name of “{without_links(user.name)}” says that they have worked for you, and would like "
        "to show a few words from you on Prebuilt.\n\n"
        f"Write them here (the link is yours alone and works for {INVITATION_DAYS} days):\n\n{url}\n\n"
        "They will be public, with your name. Nobody but you can say what they are.\n\n"
        f"You don’t know them, or want no such mails? Then nobody here can invite you again:\n\n{refuse_url}"
    )
    key = f"testimonial:{testimonial.id}:{now:%Y%m%d%H%M%S}"
    subject = "Somebody asks you for a testimonial"
    post_mail(testimonial.invited_email, subject, text, now, dedupe_key=key, unsubscribe_url=refuse_url)


def refuse_invitations(token: str, now: datetime) -> str:
    """Refuse all invitations to this address for good; return the address. Raises NotFound for a forged link."""
    email = refusing_address(token)
    insert_once(RefusedAddress, {"email": email, "refused_at": now}, "email")
    return email


def refusing_address(token: str) -> str:
    """Return the address for which a signed link refuses invitations; raises NotFound for a forged link."""
    try:
        return str(link_signer(REFUSING).loads(token))
    except BadSignature:
        raise NotFound("This link is not valid.") from None


def open_invitation(reader: User | None, token: str, signer: URLSafeSerializer, now: datetime) -> Testimonial:
    """Return the testimonial of a signed link.

    Raises NotFound when the link is forged, expired or used, NotAllowed while nothing may be written about the person,
    and when the praised person opens it.
    """
    try:
        testimonial = db.session.get(Testimonial, signer.loads(token))
    except BadSignature:
        testimonial = None
    if testimonial is not None and testimonial.written_at is not None:
        raise NotFound("This link was used already. Thank you for your words.")
    if testimonial is None or not is_open_invitation(testimonial, now):
        raise NotFound("This link is not valid any more. Ask for a new one.")
    demand(why_not_open_invitation(reader, testimonial))
    return testimonial


def why_not_praise(testimonial: Testimonial, reader: User | None, devices: Sequence[str]) -> str | None:
    """Why this reader, in this browser (its `devices` as signals know it), can't write about the person; None if they
    can.

    Customers need no account: for visitors, the browser shows whether the owner praises themselves.
    """
    owner = testimonial.user
    if reader is not None:
        kind = link_between(reader.id, owner.id)
        return refusal(kind, f"{owner.name}’s", WORDS_FOR_EACH_OTHER) if kind else None
    if is_device_of(devices, owner.id):
        return (
            f"{owner.name} has signed in with this browser, and nobody praises themselves. Open the link from your "
            f"mail on a device of your own. If you share this one, sign in to an account of your own first: then you "
            "can tell a moderator, and a human decides."
        )
    return None


def write_testimonial(testimonial: Testimonial, name: str, role: str, text: str, now: datetime) -> None:
    """Store the customer's words, once, and notify the owner. Raises Conflict when they were written meanwhile."""
    first: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        update(Testimonial)
        .where(Testimonial.id == testimonial.id, Testimonial.written_at.is_(None))
        .values(author_name=name, author_role=role, text=text, written_at=now)
        .execution_options(synchronize_session=False)
    )
    if first.rowcount != 1:
        raise Conflict("This link was used already. Thank you for your words.")
    db.session.refresh(testimonial)
    testimonial_written.send(testimonial)


def hide_testimonial(testimonial: Testimonial, now: datetime) -> None:
    """Hide a written testimonial, on its owner's request."""
    testimonial.owner_hid_at = now


def show_testimonial(testimonial: Testimonial) -> None:
    """Show a testimonial again that its owner had hidden."""
    testimonial.owner_hid_at = None
