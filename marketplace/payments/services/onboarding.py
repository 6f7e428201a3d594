"""Set up a person's payout account at the provider."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.upserts import insert_once
from marketplace.payments.models import PayoutAccount
from marketplace.payments.models.asking import ASK_AGAIN, hint
from marketplace.payments.providers.protocol import Onboarding
from marketplace.payments.services.transfers import payout_account
from marketplace.payments.setup import payments

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def begin_onboarding(user: User, onboarding: Onboarding, now: datetime) -> PayoutAccount:
    """Store the account created by the provider; keep the first one if two tabs created one each."""
    provider = payments().provider.name
    values = {
        "user_id": user.id, "provider": provider, "reference": onboarding.reference, "created_at": now,
        "checked_at": now, "due_at": ASK_AGAIN.next_due(0, now),
    }  # fmt: skip
    insert_once(PayoutAccount, values, "user_id", "provider")
    account = payout_account(user.id, provider)
    assert account is not None  # noqa: S101 (it was there or was just inserted)
    return account


def look_again(account: PayoutAccount, now: datetime) -> None:
    """Poll the provider now if the account is incomplete."""
    if not account.ready:
        hint(account, now)
        db.session.flush()
        doorbell.ring(doorbell.MOVE_MONEY)
