"""Commands whose usage errors have their own exit code, so that scripts don't mistake one for a result."""

from __future__ import annotations

from typing import Any

import click

USAGE_EXIT_CODE = 64
"""EX_USAGE of sysexits.h; click's own 2 already means "refused" in `marketplace check`."""


class WrongUsage(click.UsageError):
    """A usage error; ends with USAGE_EXIT_CODE."""

    exit_code = USAGE_EXIT_CODE


class UsageCommand(click.Command):
    """A command that raises WrongUsage where click raises UsageError."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            raise WrongUsage(error.format_message(), error.ctx) from error
