"""What moderators do with reviews and replies: hide with a reason, show again; a hidden review counts for nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.bids.services.rescoring import ask_after_record

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.reviews.models import Review


def hide_review(admin: User, review: Review, reason: str, now: datetime) -> None:
    """Take it off all pages and out of the record."""
    review.hidden_at, review.hidden_reason = now, reason
    ask_after_record([review.subject_id], now)


def restore_review(admin: User, review: Review, now: datetime) -> None:
    """Show it, and count it, again."""
    review.hidden_at = review.hidden_reason = None
    ask_after_record([review.subject_id], now)


def hide_reply(admin: User, review: Review, reason: str, now: datetime) -> None:
    """Take the reply off all pages; the review stays."""
    review.reply_hidden_at, review.reply_hidden_reason = now, reason


def restore_reply(admin: User, review: Review, now: datetime) -> None:
    """Show the reply again."""
    review.reply_hidden_at = review.reply_hidden_reason = None
