"""`marketplace rank FILE`: replay a rank outside the product, from facts in a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from marketplace.ranking.facts import FactsError, read_facts_json
from marketplace.ranking.order import as_json
from marketplace.ranking.order import rank as rank_bids
from marketplace.ranking.weights import CURRENT, WEIGHTS


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--jsonl", is_flag=True, help="One job a line, one rank a line.")
@click.option("--weights", type=click.Choice(sorted(WEIGHTS)), default=CURRENT.version, show_default=True)
def rank(file: Path, weights: str, *, jsonl: bool) -> None:
    """Rank the bids in FILE (- for standard input) and print the order with its reasons as JSON.

    Points are milli-points. A file that can't be read ends with exit code 1 and one line that says what is wrong.
    """
    text = _read(file)
    if not jsonl:
        click.echo(json.dumps(_rank(text, weights, str(file)), indent=1, ensure_ascii=False))
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            click.echo(json.dumps(_rank(line, weights, f"{file}, line {number}"), ensure_ascii=False))


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {getattr(error, 'strerror', None) or 'not UTF-8 text'}") from None


def _rank(text: str, version: str, where: str) -> dict[str, object]:
    try:
        facts = read_facts_json(text)
    except FactsError as error:
        raise click.ClickException(f"{where}: {error}") from None
    weights = WEIGHTS[version]
    return as_json(rank_bids(facts, weights), weights)
