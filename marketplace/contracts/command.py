"""`marketplace ranking fit`: fit new rank weights to the bids that clients chose."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace.bids.command import ranking
from marketplace.bids.services.weighing import propose as propose_weights
from marketplace.bids.weights import verdict, weights_in_use, weights_named
from marketplace.contracts.outcomes import own_outcomes
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.ranking.explain import points
from marketplace.ranking.facts import FactsError
from marketplace.ranking.outcomes import DecidedJob, TooFew, read_outcome
from marketplace.ranking.weights import NAMES, Weights, as_json

if TYPE_CHECKING:
    from marketplace.ranking.fit import Fitted

MAX_NAME = 20
OWN = "this marketplace"


@ranking.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--own", is_flag=True, help="Fit on the marketplace's own awards instead of a file.")
@click.option("--version", help="What to call the new weights; by default after today's date.")
@click.option("--out", type=click.File("w"), help="Write weights and report to this file as JSON.")
@click.option("--propose", is_flag=True, help="Store them, so that an admin can consent to them.")
@with_appcontext
def fit(file: BinaryIO | None, version: str | None, out: Any, *, own: bool, propose: bool) -> None:
    """Fit the weights on decided jobs: those in FILE (JSON lines, - for standard input), or --own awards.

    A line is a job as `marketplace rank` reads it, plus "chosen": the id of the bid that won. Weights stay in their
    bounds; one job in five is held out to judge them. Nothing changes before an admin has consented.
    """
    if own == (file is not None):
        raise click.UsageError("Give either a FILE or --own.")
    if version and len(version) > MAX_NAME:
        raise click.UsageError(f"A version's name has {MAX_NAME} characters at most.")
    now: datetime = current_app.extensions["clock"].now()
    name = version or _free_name(now)
    fitted = _fit(own_outcomes() if file is None else _outcomes(file), weights_in_use(), name)
    for line in report_lines(fitted, weights_in_use()):
        click.echo(line)
    report = {**asdict(fitted.report), "source": OWN if file is None else f"the file {Path(file.name).name}"}
    if out:
        json.dump({"weights": as_json(fitted.weights), "report": report}, out, indent=1)
    if propose:
        try:
            propose_weights(fitted.weights, report, now)
        except Conflict as error:
            raise click.ClickException(str(error)) from None
        db.session.commit()
        click.echo(f"Proposed as {name}: an admin can look at them and consent on /admin/weights.")


def _fit(outcomes: Iterable[DecidedJob], start: Weights, version: str) -> Fitted:
    fitting = import_module("marketplace.ranking.fit")  # NumPy and SciPy load slowly and only a fit needs them
    try:
        return fitting.fit(outcomes, start, version)
    except TooFew as error:
        raise click.ClickException(f"Not enough to fit on: {error}. The weights stay as they are.") from None


def _outcomes(file: BinaryIO) -> Iterator[DecidedJob]:
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield read_outcome(line.removeprefix(codecs.BOM_UTF8))
            except FactsError as error:
                raise click.ClickException(f"{file.name}, line {number}: {error}") from None


def _free_name(now: datetime) -> str:
    name, number = f"fit-{now:%Y-%m-%d}", 1
    while weights_named(name):
        number += 1
        name = f"fit-{now:%Y-%m-%d}.{number}"
    return name


def report_lines(fitted: Fitted, start: Weights) -> Iterator[str]:
    """Format the report as text: metrics on held-out jobs, then the weights one by one."""
    report, weights = fitted.report, fitted.weights
    yield f"Fitted on {report.jobs:,} decided jobs, judged on {report.held_out:,} others."
    yield f"{'':<28}{'chance':>10}{start.version:>16}{weights.version:>16}"
    for words, field in (
        ("log-likelihood per job", "log_likelihood"),
        ("chosen bid stands first", "top_1"),
        ("NDCG of the chosen bid", "ndcg"),
    ):
        figures = [getattr(one, field) for one in (report.chance, report.start, report.fitted)]
        yield f"{words:<28}{figures[0]:>10.3f}{figures[1]:>16.3f}{figures[2]:>16.3f}"
    gain = f"{report.gain:+.4f} per job, standard error {report.gain_error:.4f}"
    yield f"Gain in log-likelihood: {gain}; {verdict(report.gain, report.gain_error)}."
    yield f"{'points':<38}{start.version:>16}{weights.version:>16}"
    for name in NAMES:
        yield f"{name:<38}{points(start.most(name)):>16}{points(weights.most(name)):>16}"
