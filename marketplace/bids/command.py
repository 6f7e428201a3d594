"""`marketplace ranking rebuild`: every job with bids ranked anew, such as after new weights or a restored backup."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from marketplace.bids.models import Rescore
from marketplace.bids.services.rescoring import ask_for_all, rescore_due
from marketplace.core.clock import Clock
from marketplace.core.database import db

JOBS_AT_ONCE = 100


@click.command()
@click.option("--resume", is_flag=True, help="Only go on with what an interrupted rebuild left due.")
@with_appcontext
def rebuild(*, resume: bool) -> None:
    """Rank every job with bids again. May be interrupted: what is left stays due, for the workers or for --resume."""
    clock: Clock = current_app.extensions["clock"]
    if not resume:
        ask_for_all(clock.now(), only_undecided=False)
        db.session.commit()
    due = db.session.scalar(select(func.count()).where(Rescore.due_at <= clock.now())) or 0
    columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns) as progress:
        task = progress.add_task("jobs", total=due)
        while done := rescore_due(clock.now, JOBS_AT_ONCE):
            progress.advance(task, done)
            db.session.expunge_all()
    click.echo("Every job with bids has its rank.")
