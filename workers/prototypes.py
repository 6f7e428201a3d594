"""Checks due prototypes."""

from __future__ import annotations

from dataclasses import replace

from celery import shared_task
from flask import current_app

from marketplace.core.clock import DatabaseClock
from marketplace.prototypes.checking import LINK_SECONDS, check_due
from marketplace.prototypes.engine import setup_from


@shared_task(name="workers.prototypes.check_due")
def check_due_prototypes() -> None:
    """Check what is due, a batch at a time in one event loop."""
    setup = replace(setup_from(current_app.extensions["settings"]), deadline=LINK_SECONDS)
    check_due(setup, DatabaseClock().now)
