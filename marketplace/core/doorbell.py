"""Wake the workers after a commit; only the rows matter, so a lost ring delays work but loses none."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping

from celery import Celery
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from marketplace.core.database import db

log = logging.getLogger(__name__)

CHECK_PROTOTYPES = "workers.prototypes.check_due"
EXAMINE_PROTOTYPES = "workers.prototypes.examine_due"
RESCORE_JOBS = "workers.bids.rescore_due"
SEND_MAIL = "workers.mail.send_due"
END_JOBS = "workers.jobs.end_due"
NOTICE = "workers.guarding.notice"
FORGET_SIGNALS = "workers.guarding.forget_signals"
DO_DEADLINES = "workers.contracts.do_due"
MOVE_MONEY = "workers.payments.move_due"
DO_DISPUTES = "workers.disputes.do_due"
SEE_TO_WATCHES = "workers.watches.see_to_due"
SETTLE_POOLS = "workers.bids.settle_due"
REVEAL_REVIEWS = "workers.reviews.reveal_due"

DEFAULT_QUEUE = "chores"

QUIET_SECONDS = 5
"""Seconds without ringing after a failed ring, so that a hanging broker delays one person, not all."""

_PENDING = "doorbells"
_QUIET_UNTIL = "doorbell quiet until"


def init_doorbell(app: Flask, broker_url: str, routes: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Create a producer that gives up after one second, so that a dead broker keeps nobody waiting.

    `routes`: task -> its queue, in Celery's format; other tasks go to DEFAULT_QUEUE.
    """
    producer = Celery("doorbell", broker=broker_url, set_as_current=False)
    producer.conf.update(
        broker_connection_timeout=1,
        broker_transport_options={"socket_connect_timeout": 1, "socket_timeout": 1, "max_retries": 0},
        task_default_queue=DEFAULT_QUEUE,
        task_routes=routes or {},
        task_publish_retry=False,
        task_ignore_result=True,
    )
    app.extensions["doorbell"] = producer


def ring(task_name: str) -> None:
    """Ask for `task_name` to run soon after the current transaction commits; repeated rings count once."""
    db.session.info.setdefault(_PENDING, set()).add(task_name)


@event.listens_for(db.session, "after_rollback")
def _drop_pending(session: Session) -> None:
    session.info.pop(_PENDING, None)


@event.listens_for(db.session, "after_commit")
def _send_pending(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint: the outer commit is still to come
    task_names, extensions = session.info.pop(_PENDING, ()), current_app.extensions
    for task_name in task_names:
        if time.monotonic() < extensions.get(_QUIET_UNTIL, 0):
            return
        try:
            extensions["doorbell"].send_task(task_name, expires=60)
        except Exception as error:  # noqa: BLE001 (any transport failure: the sweep finds the row within seconds)
            extensions[_QUIET_UNTIL] = time.monotonic() + QUIET_SECONDS
            log.warning("doorbell not heard", extra={"task": task_name, "error": repr(error)})
