"""All rooms, lowest first; to add one, add its folder and its line here."""

from __future__ import annotations

from marketplace.accounts.room import ROOM as ACCOUNTS
from marketplace.bids.room import ROOM as BIDS
from marketplace.contracts.room import ROOM as CONTRACTS
from marketplace.core.rooms import Room
from marketplace.disputes.room import ROOM as DISPUTES
from marketplace.jobs.room import ROOM as JOBS
from marketplace.messages.room import ROOM as MESSAGES
from marketplace.moderation.room import ROOM as MODERATION
from marketplace.notifications.room import ROOM as NOTIFICATIONS
from marketplace.pages.room import ROOM as PAGES
from marketplace.payments.room import ROOM as PAYMENTS
from marketplace.prototypes.room import ROOM as PROTOTYPES
from marketplace.reviews.room import ROOM as REVIEWS
from marketplace.watches.room import ROOM as WATCHES

ROOMS: tuple[Room, ...] = (
    ACCOUNTS,
    PROTOTYPES,
    PAYMENTS,
    JOBS,
    BIDS,
    CONTRACTS,
    REVIEWS,
    MESSAGES,
    DISPUTES,
    WATCHES,
    NOTIFICATIONS,
    MODERATION,
    PAGES,
)
