"""Checks due prototypes, and examines in a browser those that have their turn."""

from __future__ import annotations

from dataclasses import replace

from celery import shared_task
from flask import current_app

from marketplace.checker.setup import setup_from
from marketplace.core.clock import DatabaseClock
from marketplace.prototypes.quick_checks import LINK_SECONDS, check_due


@shared_task(name="workers.prototypes.check_due")
def check_due_prototypes() -> None:
    """Check what is due, a batch at a time in one event loop."""
    setup = replace(setup_from(current_app.extensions["settings"]), deadline=LINK_SECONDS)
    check_due(setup, DatabaseClock().now)


@shared_task(name="workers.prototypes.examine_due")
def examine_due_prototypes() -> None:
    """Give due turns in the browser, a few pages side by side; the browser stays warm while there is work."""
    from marketplace.prototypes.full_checks import examine_due  # 65 MB that no other worker needs

    settings, files = current_app.extensions["settings"], current_app.extensions["files"]
    examine_due(setup_from(settings), files, DatabaseClock().now, browser=settings.browser)
