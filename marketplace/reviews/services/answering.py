"""Actions of the reviewed person: reply once, show a review as a testimonial."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.database import db
from marketplace.core.errors import Invalid, demand
from marketplace.core.events import review_replied
from marketplace.reviews import policy
from marketplace.reviews.marks import MAX_REPLY
from marketplace.reviews.models import Review
from marketplace.reviews.services.revealing import lock_round

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def reply_to(actor: User, review: Review, text: str, now: datetime) -> Review:
    """Store the only reply. Raises Conflict when there is one, NotAllowed for others, Invalid for unfit text."""
    lock_round(review.round)
    demand(policy.why_not_reply(actor, review))
    if not text.strip():
        raise Invalid("reply", "Write your reply.")
    if len(text) > MAX_REPLY:
        raise Invalid("reply", f"Use {MAX_REPLY:,} characters at most.")
    review.reply, review.replied_at = text, now
    db.session.flush()
    review_replied.send(review)
    return review


def set_quoted(actor: User, review: Review, *, quoted: bool, now: datetime) -> None:
    """Show or unshow a review as a testimonial; raises NotAllowed for anybody but the reviewed person."""
    demand(policy.why_not_quote(actor, review))
    review.quoted_at = now if quoted else None
