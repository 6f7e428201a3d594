"""`marketplace check URL`: the worker's own check from the shell, one link at a time."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from config.settings import load_settings
from marketplace.prototypes.engine import check_link, setup_from
from marketplace.prototypes.fetching.trail import Hop
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.states import PrototypeState

EXIT_CODES = {
    PrototypeState.LIVE: 0,
    PrototypeState.BROKEN: 1,
    PrototypeState.REFUSED: 2,
    PrototypeState.UNKNOWN: 3,
}
USAGE_EXIT_CODE = 64
"""EX_USAGE of sysexits.h: click's own 2 would read as "refused"."""
COLOURS = {PrototypeState.LIVE: "green", PrototypeState.BROKEN: "red", PrototypeState.REFUSED: "red"}


class WrongUsage(click.UsageError):
    """A usage error that can't be taken for a verdict."""

    exit_code = USAGE_EXIT_CODE


class CheckCommand(click.Command):
    """A command whose usage errors have an exit code of their own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise WrongUsage(error.format_message(), error.ctx) from error


@click.command(cls=CheckCommand)
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print the whole check record as JSON.")
@click.option(
    "--allow-local",
    "exceptions",
    metavar="HOST:PORT",
    multiple=True,
    help="Let the check reach this place although it isn't public. Development only.",
)
def check(url: str, as_json: bool, exceptions: tuple[str, ...]) -> None:
    """Check one prototype link. Exit code: 0 live, 1 broken, 2 refused, 3 unknown, 64 wrong usage."""
    settings = load_settings()
    if exceptions and not settings.is_development:
        raise WrongUsage("--allow-local works in development only.")
    settings = load_settings(guard_exceptions=settings.guard_exceptions | set(exceptions))
    record = check_link(url, setup_from(settings))
    if as_json:
        click.echo(record.to_json(indent=2))
    else:
        report(record, Console())
    sys.exit(EXIT_CODES[record.state])


def report(record: CheckRecord, console: Console) -> None:
    """A few lines for a person."""
    colour = COLOURS.get(record.state, "yellow")
    console.print(f"[bold {colour}]{record.state.value}[/]  {record.sentence}", highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("hop", "address", "answer", "connect", "first byte", "total", "size"):
        table.add_column(heading, overflow="fold", justify="left" if heading in ("hop", "address") else "right")
    for hop in record.hops:
        times = hop.timings
        size = f"{hop.decoded_bytes:,} B" if hop.decoded_bytes else ""
        table.add_row(
            _escape(hop.url),
            hop.address or "",
            _answer(hop),
            _ms(times.connect),
            _ms(times.first_byte),
            _ms(times.total),
            size,
        )
    console.print(table, highlight=False)
    if tls := record.last.tls:
        console.print(f"{tls.version} for {_escape(tls.subject)} by {_escape(tls.issuer)}, until {tls.expires[:10]}")
    if record.title:
        console.print(f"Title: {_escape(record.title)}", highlight=False)


def _answer(hop: Hop) -> str:
    return hop.problem.value.replace("_", " ") if hop.problem else str(hop.status)


def _ms(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.0f} ms"


def _escape(text: str) -> str:
    """What strangers wrote: no console markup and no control characters."""
    return "".join(character if character.isprintable() else "?" for character in text).replace("[", r"\[")
