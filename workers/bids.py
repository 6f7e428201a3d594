"""Ranks the bids of jobs where something changed, and settles the pools of jobs that have ended."""

from __future__ import annotations

from celery import shared_task
from flask import current_app

from marketplace.bids.services import rescore_due as rescore_due_jobs
from marketplace.bids.services import settle_due as settle_due_pools
from marketplace.core.clock import Clock
from marketplace.core.doorbell import RESCORE_JOBS, SETTLE_POOLS
from workers.bounded import do_batches


@shared_task(name="workers.bids.rescore_due")
def rescore_due() -> None:
    """Rank job after job."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(RESCORE_JOBS, lambda: rescore_due_jobs(clock.now))


@shared_task(name="workers.bids.settle_due")
def settle_due() -> None:
    """Settle pool after pool."""
    clock: Clock = current_app.extensions["clock"]
    do_batches(SETTLE_POOLS, lambda: settle_due_pools(clock.now))
