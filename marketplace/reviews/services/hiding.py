"""Moderation of reviews and replies: hide with a reason, restore; hidden reviews do not count."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.bids.services.rescoring import ask_after_record

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.reviews.models import Review


def hide_review(admin: User, review: Review, reason: str, now: datetime) -> None:
    """Hide the review from pages and track record."""
    review.hidden_at, review.hidden_reason = now, reason
    ask_after_record([review.subject_id], now)


def restore_review(admin: User, review: Review, now: datetime) -> None:
    """Show and count the review again."""
    review.hidden_at = review.hidden_reason = None
    ask_after_record([review.subject_id], now)


def hide_reply(admin: User, review: Review, reason: str, now: datetime) -> None:
    """Hide the reply; the review stays visible."""
    review.reply_hidden_at, review.reply_hidden_reason = now, reason


def restore_reply(admin: User, review: Review, now: datetime) -> None:
    """Show the reply again."""
    review.reply_hidden_at = review.reply_hidden_reason = None
