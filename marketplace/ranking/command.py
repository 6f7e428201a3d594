"""`marketplace rank FILE`: replay a rank outside the product, from facts in a file."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import click

from marketplace.core.usage import UsageCommand, WrongUsage
from marketplace.ranking.facts import FactsError, read_facts_json
from marketplace.ranking.order import as_json
from marketplace.ranking.order import rank as rank_bids
from marketplace.ranking.weights import CURRENT, WEIGHTS, Weights, from_json


@click.command(cls=UsageCommand)
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--jsonl", is_flag=True, help="One job a line, one rank a line.")
@click.option(
    "--weights",
    "version",
    default=CURRENT.version,
    show_default=True,
    help=f"{', '.join(WEIGHTS)}, or a file of fitted weights as `marketplace ranking fit --out` writes it.",
)
def rank(file: str, version: str, *, jsonl: bool) -> None:
    """Rank the bids in FILE (- for standard input) and print the order with its reasons as JSON.

    Points are milli-points. A file that can't be read ends with exit code 1 and one line that says what is wrong.
    """
    weights = _weights(version)
    name = "standard input" if file == "-" else file
    try:
        stream = click.open_file(file, "rb")
    except OSError as error:
        raise click.ClickException(f"{name}: {error.strerror}") from None
    with stream:
        if not jsonl:
            click.echo(json.dumps(_rank(stream.read(), weights, name), indent=1))
            return
        for number, line in enumerate(stream, 1):
            if line.strip():
                click.echo(json.dumps(_rank(line, weights, f"{name}, line {number}")))


def _weights(version: str) -> Weights:
    if version in WEIGHTS:
        return WEIGHTS[version]
    try:
        return from_json(json.loads(Path(version).read_bytes())["weights"])
    except OSError:
        raise WrongUsage(f"There are no weights and no file called {version}.") from None
    except (KeyError, TypeError, ValueError):
        raise click.ClickException(f"{version}: these are no weights") from None


def _rank(text: bytes, weights: Weights, where: str) -> dict[str, Any]:
    try:
        facts = read_facts_json(text.removeprefix(codecs.BOM_UTF8))
    except FactsError as error:
        raise click.ClickException(f"{where}: {error}") from None
    return as_json(rank_bids(facts, weights), weights)
