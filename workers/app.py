"""The Celery application: queues, schedule, and the Flask context of tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, setup_logging, worker_init, worker_process_init
from flask import Flask, current_app

from config.logging import configure_logging
from config.settings import Settings, load_settings, settings_or_exit
from marketplace.base import create_base
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.doorbell import DEFAULT_QUEUE
from marketplace.core.rooms import routes_of
from marketplace.core.storage import keep_private
from marketplace.core.sweeps import Sweep
from marketplace.parent import end_with_parent
from marketplace.rooms import ROOMS
from workers.steady import every

FIND_A_LOST_BROKER = {"socket_connect_timeout": 5, "socket_timeout": 10, "socket_keepalive": True}
"""Timeouts in seconds after which a lost broker is reconnected; without them a worker listens to it for ever."""


class FlaskTask(Task):  # pyright: ignore[reportMissingTypeArgument] (generic in its stubs only)
    """Run each task in the Flask app's context, so that services find their database session."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with flask_app().app_context():
            return self.run(*args, **kwargs)  # pyright: ignore[reportUnknownVariableType]


_flask_app: Flask | None = None


def flask_app() -> Flask:
    """The process's Flask app, created at the first task."""
    global _flask_app
    if _flask_app is None:
        _flask_app = create_base(load_settings())
    return _flask_app


def create_celery(settings: Settings) -> Celery[FlaskTask]:
    """Create the worker's app: messages hold only ids, no results are stored, one task at a time."""
    keep_private()
    app = Celery("workers", broker=settings.redis_url, task_cls=FlaskTask)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_default_queue=DEFAULT_QUEUE,
        task_routes=routes_of(ROOMS),
        task_time_limit=180,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 300, "unacked_restore_throttle": 1, **FIND_A_LOST_BROKER},
        worker_hijack_root_logger=False,
        worker_soft_shutdown_timeout=5,
        beat_schedule={
            sweep.task: {"task": sweep.task, "schedule": every(sweep.every), "options": {"expires": sweep.every}}
            for room in ROOMS
            for sweep in room.sweeps
        },
        beat_scheduler="celery.beat:Scheduler",  # stores nothing: work missed while it was down is due as rows
        timezone="UTC",
    )
    for room in ROOMS:
        for sweep in room.sweeps:
            app.task(name=sweep.task)(_task_of(sweep))
    return app


def _task_of(sweep: Sweep) -> Callable[[], None]:
    def task() -> None:
        clock: Clock = current_app.extensions["clock"]
        sweep.run(clock.now)

    return task


@setup_logging.connect
def _log_like_the_web(**_: Any) -> None:
    configure_logging(load_settings())


@beat_init.connect
@worker_init.connect
@worker_process_init.connect
def _end_with_parent(**_: Any) -> None:
    """Workers end with their parent process, and their forked children with the worker."""
    end_with_parent()


@worker_process_init.connect
def _own_connections(**_: Any) -> None:
    """A forked child must not share its parent's database connections."""
    with flask_app().app_context():
        db.engine.dispose(close=False)


celery = create_celery(settings_or_exit())
