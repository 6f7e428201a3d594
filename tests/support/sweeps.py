"""Run a worker's task in the test's process, as Celery would."""

from __future__ import annotations

from workers.app import celery


def run_task(name: str) -> None:
    """Run the task of this name (`core/doorbell.py` lists them)."""
    celery.tasks[name]()
