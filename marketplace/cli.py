"""The `marketplace` command: collects the commands of rooms and libraries, and starts all processes."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click
from flask.cli import FlaskGroup
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from config.logging import configure_logging
from config.settings import CONFIGURATION_ERROR, EVERYWHERE, Settings, SettingsError, load_settings
from marketplace.app import create_app
from marketplace.broker import BrokerError, running_broker
from marketplace.checker.command import check
from marketplace.checker.receipt_command import receipt
from marketplace.core.outage import outage_of
from marketplace.core.rooms import commands_of
from marketplace.core.storage import keep_private
from marketplace.data_folder import our_data_folder
from marketplace.processes import processes_of
from marketplace.ranking.command import rank
from marketplace.rooms import ROOMS
from marketplace.sample.build import ACCOUNTS
from marketplace.sample.command import add_sample_once, sample, sample_sites
from marketplace.supervisor import (
    CannotStart,
    Supervisor,
    await_ready,
    children_of,
    refuse_taken_port,
)

UNAVAILABLE = 69
"""Exit code of a command whose database is unavailable: EX_UNAVAILABLE of sysexits.h."""


@click.group(cls=FlaskGroup, create_app=lambda: create_app(load_settings()), add_default_commands=False)
def cli() -> None:
    """Prebuilt: a freelance job-bidding marketplace where the work speaks first."""


for command in (check, rank, receipt, sample, *(one for room in ROOMS for one in commands_of(room))):
    cli.add_command(command)


@cli.command(with_appcontext=False)
@click.option("--sample", "with_sample", is_flag=True, help="Add the sample marketplace when the database is new.")
def up(*, with_sample: bool) -> None:
    """Run the whole marketplace: broker, web, worker and scheduler; Ctrl-C stops all."""
    settings = load_settings()
    started = time.monotonic()
    keep_private()
    click.get_current_context().with_resource(our_data_folder(settings))
    refuse_taken_port(settings)
    with running_broker(settings) as redis_url, sample_sites(settings, wanted=with_sample) as exceptions:
        environment = os.environ | {
            "REDIS_URL": redis_url,
            "DATA_DIR": str(settings.data_path),
            "GUARD_EXCEPTIONS": ",".join(sorted(settings.guard_exceptions | exceptions)),
        }
        settings = load_settings(redis_url=redis_url, guard_exceptions=settings.guard_exceptions | exceptions)
        prepare_database(settings, with_sample=with_sample)
        supervisor = Supervisor(children_of(settings), environment)
        supervisor.start()
        try:
            await_ready(settings, supervisor)
            if not supervisor.stopping.is_set():
                announce(settings, time.monotonic() - started, with_sample=with_sample)
            supervisor.watch()
        finally:
            click.echo("Stopping ...")
            supervisor.stop()


@cli.command(with_appcontext=False)
@click.option("--json", "as_json", is_flag=True, help="A list of name, module, arguments and environment.")
def processes(*, as_json: bool) -> None:
    """Print what has to run, one command a line, for a supervisor of your own."""
    listed = processes_of(load_settings())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in listed], indent=1))
        return
    for one in listed:
        click.echo(one.line)


def prepare_database(settings: Settings, *, with_sample: bool) -> None:
    """Migrate the schema to the latest version, and add the sample to a new database when asked to."""
    with create_app(settings).app_context():
        upgrade()
        if with_sample and settings.is_development:
            add_sample_once(settings, datetime.now(UTC))


def announce(settings: Settings, seconds: float, *, with_sample: bool) -> None:
    """Print the marketplace's address and how to sign in."""
    click.echo(f"\nPrebuilt is up after {seconds:.1f} s:  {settings.site_url}\n")
    if with_sample and settings.is_development:
        click.echo("Sample accounts:")
        for part, email, password in ACCOUNTS:
            click.echo(f"  {part:<12} {email:<28} {password}")
    if settings.is_development and not settings.smtp_host:
        click.echo(f"\nMails are shown at http://127.0.0.1:{settings.port}/mail, on this machine only")
    if settings.host in EVERYWHERE:
        known = ", and the passwords above are public" if with_sample and settings.is_development else ""
        click.echo(f"HOST={settings.host}: whoever reaches this machine reaches the site{known}.")
    click.echo("Ctrl-C stops everything; the data stays in " + str(settings.data_path) + "\n")


def main() -> None:
    """Run the command line; errors that the user can fix are one sentence, never a traceback."""
    try:
        configure_logging(load_settings())
        cli(prog_name="marketplace")
    except (SettingsError, BrokerError, CannotStart) as error:
        click.echo(f"Prebuilt can't start: {error}", err=True)
        sys.exit(CONFIGURATION_ERROR)
    except SQLAlchemyError as error:
        if (reason := outage_of(error)) is None:
            raise
        click.echo(f"The database can't be used: {reason}", err=True)
        sys.exit(UNAVAILABLE)
