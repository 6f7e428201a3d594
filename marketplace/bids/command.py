"""`marketplace ranking`: `rebuild` ranks every undecided job again, `replay` recomputes a job's stored ranks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from marketplace.bids.models import RankSnapshot, Rescore
from marketplace.bids.services.rescoring import ask_for_all, rescore_due
from marketplace.bids.weights import weights_named
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.ranking.facts import RankFacts
from marketplace.ranking.order import place_as_json, rank

JOBS_AT_ONCE = 100


@click.group()
def ranking() -> None:
    """Fit the rank's weights, and rank every job anew."""


@ranking.command()
@click.option("--resume", is_flag=True, help="Only go on with what an interrupted rebuild left due.")
@with_appcontext
def rebuild(*, resume: bool) -> None:
    """Rank every undecided job with bids again. May be interrupted: what is left stays due, also for --resume."""
    clock: Clock = current_app.extensions["clock"]
    if not resume:
        ask_for_all(clock.now())
        db.session.commit()
    due = db.session.scalar(select(func.count()).where(Rescore.due_at <= clock.now())) or 0
    columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    rescore_many = replace(rescore_due, limit=JOBS_AT_ONCE)
    with Progress(*columns) as progress:
        task = progress.add_task("jobs", total=due)
        while done := rescore_many(clock.now):
            progress.advance(task, done)
            db.session.expunge_all()
    click.echo("Every undecided job with bids has its rank.")


@ranking.command()
@click.argument("job_id", type=int)
@click.option("--facts", is_flag=True, help="Print the newest rank's facts instead, for `marketplace rank`.")
@with_appcontext
def replay(job_id: int, *, facts: bool) -> None:
    """Reckon every stored rank of a job again from its facts and weights; exit code 1 if one comes out otherwise."""
    stored = select(RankSnapshot).where(RankSnapshot.job_id == job_id).order_by(RankSnapshot.id.desc())
    newest = db.session.scalar(stored.limit(1))
    if newest is None:
        raise click.ClickException(f"Job {job_id} has never been ranked.")
    if facts:
        click.echo(json.dumps(newest.facts, indent=1))
        return
    differing = 0
    for snapshot in db.session.scalars(stored.execution_options(yield_per=10)):
        same = _comes_out_the_same(snapshot)
        differing += not same
        words = "the same" if same else "DIFFERENT"
        click.echo(f"{snapshot.created_at:%Y-%m-%d %H:%M:%S}  {snapshot.weights}  bids {len(snapshot.order)}: {words}")
    if differing:
        raise click.ClickException(f"{differing} of the stored ranks can't be reckoned again.")


def _comes_out_the_same(snapshot: RankSnapshot) -> bool:
    weights = weights_named(snapshot.weights)
    if weights is None:
        return False
    placed = rank(RankFacts.model_validate(snapshot.facts), weights)
    return [_figures(place_as_json(one)) for one in placed] == [_figures(one) for one in snapshot.order]


def _figures(place: dict[str, Any]) -> dict[str, Any]:
    """Compare terms by name and points only, so rewording a reason is not reported as a difference."""
    return place | {"terms": [(term["name"], term["points"]) for term in place["terms"]]}
