"""`python -m marketplace.serving`: the site's web processes, each restarted when it dies."""

from __future__ import annotations

import os
import sys

import click

from config.logging import configure_logging
from config.settings import CONFIGURATION_ERROR, settings_or_exit
from marketplace.parent import end_with_parent
from marketplace.supervisor import CannotStart, Child, Supervisor, refuse_taken_port


def main() -> None:
    """Serve until asked to stop; exit with an error when a web process keeps dying."""
    settings = settings_or_exit()
    configure_logging(settings)
    end_with_parent()
    command = [sys.executable, "-m", "marketplace.serving.worker"]
    processes = [
        Child(f"web process {number}", command, leads=False) for number in range(1, settings.web_processes + 1)
    ]
    try:
        refuse_taken_port(settings)
        Supervisor(processes, dict(os.environ)).run()
    except CannotStart as error:
        click.echo(f"Prebuilt can't start: {error}", err=True)
        sys.exit(CONFIGURATION_ERROR)


if __name__ == "__main__":
    main()
