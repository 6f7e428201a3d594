"""Prototypes: links, their quick and full checks, and what looks like what."""

from __future__ import annotations

from dataclasses import replace

from flask import current_app

from marketplace.checker.setup import setup_from
from marketplace.core import doorbell
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Clock, Sweep


def _check(clock: Clock, _seconds: float) -> int:
    """Check what is due, side by side in one event loop, for a minute at most."""
    from marketplace.prototypes.quick_checks import LINK_SECONDS, check_due  # 6 MB that only this worker needs

    setup = replace(setup_from(current_app.extensions["settings"]), deadline=LINK_SECONDS)
    check_due(setup, clock)
    return 0  # what is due meanwhile was done too


def _examine(clock: Clock, _seconds: float) -> int:
    """Give due turns in the browser, a few pages side by side; the browser stays warm while there is work."""
    from marketplace.prototypes.full_checks import examine_due  # 65 MB that no other worker needs

    settings, files = current_app.extensions["settings"], current_app.extensions["files"]
    examine_due(setup_from(settings), files, clock, browser=settings.browser)
    return 0


ROOM = Room(
    sweeps=(
        Sweep(doorbell.CHECK_PROTOTYPES, _check, every=5, queue="checks"),
        Sweep(doorbell.EXAMINE_PROTOTYPES, _examine, every=5, queue="browser"),
    ),
)
