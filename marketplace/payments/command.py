"""`marketplace ledger`: verify the ledger, export it for external checks, resend refused movements."""

from __future__ import annotations

import sys
from typing import TextIO

import click
from flask import current_app
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import Progress

from marketplace.core.clock import Clock
from marketplace.core.database import db, reading
from marketplace.core.errors import Conflict
from marketplace.core.money import display
from marketplace.payments.exporting import as_beancount
from marketplace.payments.models import Movement
from marketplace.payments.queries.documents import refused_movements
from marketplace.payments.services.transfers import send_again
from marketplace.payments.verifying import CHECKS, Offence

OFFENCES_SHOWN = 1_000


@click.group()
def ledger() -> None:
    """The double-entry ledger."""


@ledger.command()
@with_appcontext
def verify() -> None:
    """Prove every rule over the whole book; exit code 1 when one is broken, each offence on a line."""
    broken = 0
    with reading():
        _one_snapshot()
        counts = [check.count() for check in CHECKS]
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Verifying", total=sum(counts))
            for check in CHECKS:
                progress.update(task, description=check.title)
                for found in check.run():
                    progress.advance(task)
                    if found:
                        broken += 1
                        _show(found, broken)
        db.session.rollback()
    click.echo(f"{sum(counts)} rows under {len(CHECKS)} rules: {f'{broken} offences' if broken else 'all in order'}")
    sys.exit(1 if broken else 0)


@ledger.command()
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; the screen when left out.")
@with_appcontext
def export(output: TextIO) -> None:
    """Write the book in beancount's format; `bean-check FILE` proves it once more."""
    with reading():
        _one_snapshot()
        output.writelines(as_beancount())
        db.session.rollback()


@ledger.command()
@click.argument("movement_id", type=int, required=False)
@with_appcontext
def resend(movement_id: int | None) -> None:
    """List the transfers and refunds that the provider refused, or send one of them again once its cause is mended."""
    if movement_id is None:
        refused = refused_movements()
        for one in refused:
            amount = display(one.amount, one.currency)
            click.echo(f"{one.id:>8}  {one.kind:<8}  {amount:>14}  user {one.user_id}  {one.reason}")
        click.echo(f"{len(refused)} refused" if refused else "None was refused.")
        return
    movement = db.session.get(Movement, movement_id)
    if movement is None:
        raise click.ClickException(f"There is no movement {movement_id}.")
    clock: Clock = current_app.extensions["clock"]
    try:
        send_again(movement, clock.now())
    except Conflict as refusal:
        raise click.ClickException(str(refusal)) from refusal
    db.session.commit()
    click.echo(f"Movement {movement_id} is on its way again.")


def _one_snapshot() -> None:
    """Read the ledger as of one moment while payments continue."""
    if db.engine.dialect.name == "postgresql":
        db.session.rollback()  # the isolation level must be set before the transaction reads
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _show(offence: Offence, number: int) -> None:
    if number <= OFFENCES_SHOWN:
        click.echo(str(offence))
