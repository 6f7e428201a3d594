"""`marketplace sample`: a small realistic marketplace, or a large one for measurements."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from config.settings import Settings
from marketplace.core.database import db
from marketplace.sample.build import ACCOUNTS, add_small_sample, has_people
from marketplace.sample.load import add_load
from marketplace.sample.sites import serving_sites

NOTHING: frozenset[str] = frozenset()


@click.command()
@click.option("--size", type=click.IntRange(1, 1_000_000), help="Add this many jobs with ten bids each.")
@with_appcontext
def sample(size: int | None) -> None:
    """Add sample data: people, jobs and bids in every state; with --size much more of it, to measure on."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_development:
        raise click.ClickException("Sample accounts have a known password, so they are for development only.")
    now = datetime.now(UTC)
    if size:
        columns = TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns) as progress:
            add_load(size, now, progress)
    elif has_people():
        raise click.ClickException("This database has people already; the small sample is for a new one.")
    else:
        add_sample_once(settings, now)
        for part, email, password in ACCOUNTS:
            click.echo(f"{part:<12} {email:<28} {password}")


def add_sample_once(settings: Settings, now: datetime) -> None:
    """Add the small sample to a new database; do nothing to one in use."""
    if not has_people():
        add_small_sample(now, settings.sample_port)
        db.session.commit()


@contextmanager
def sample_sites(settings: Settings, *, wanted: bool) -> Generator[frozenset[str]]:
    """Serve the sample prototypes if `wanted`; yield the exceptions that the guard needs for them."""
    if wanted and settings.is_development:
        with serving_sites(settings.sample_port) as exceptions:
            yield exceptions
    else:
        yield NOTHING
