"""`marketplace sample`: the small believable marketplace, or a large one to measure with."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from marketplace.sample.load import add_load


@click.command()
@click.option("--size", type=click.IntRange(1, 1_000_000), help="Add this many jobs with ten bids each.")
@with_appcontext
def sample(size: int | None) -> None:
    """Add sample data: people, jobs and bids in every state, or with --size much more of the same."""
    now = datetime.now(UTC)
    if size:
        columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns) as progress:
            add_load(size, now, progress)
