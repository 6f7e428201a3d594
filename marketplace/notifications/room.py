"""Notifications: each piece of news once, in the inbox and by mail."""

from __future__ import annotations

from flask import current_app

from marketplace.core import doorbell, mailer
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep
from marketplace.notifications import contracts, disputes, listeners, reviews


def _send_mail(clock: Clock, seconds: float) -> int:
    return mailer.send_due(current_app.extensions["settings"], clock(), seconds)


ROOM = Room(
    views="marketplace.notifications.views",
    listeners=(*listeners.LISTENERS, *contracts.LISTENERS, *disputes.LISTENERS, *reviews.LISTENERS),
    sweeps=(Sweep(doorbell.SEND_MAIL, _send_mail, every=5, queue="mail"),),
)
