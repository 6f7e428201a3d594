"""`marketplace check`: the worker's own check from the shell, of one link or of a list."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator
from pathlib import Path
from typing import Any, Self, TextIO

import click
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.settings import Settings, load_settings
from marketplace.core.storage import FileStore
from marketplace.core.text import with_scheme
from marketplace.prototypes.engine import Ask, Setup, check_link, check_links, run, setup_from
from marketplace.prototypes.examining import examine_link
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.reporting import report, summarize
from marketplace.prototypes.requirements import Requirement
from marketplace.prototypes.states import PrototypeState
from marketplace.prototypes.values import FREE, KINDS, problem, tidy

EXIT_CODES = {
    PrototypeState.LIVE: 0,
    PrototypeState.BROKEN: 1,
    PrototypeState.REFUSED: 2,
    PrototypeState.UNKNOWN: 3,
}
USAGE_EXIT_CODE = 64
"""EX_USAGE of sysexits.h: click's own 2 would read as "refused"."""
LINKS = click.File(encoding="utf-8-sig", errors="surrogateescape")
"""Bytes that aren't UTF-8 stay in their line, which is then refused like any that is no web address."""
SPEC = click.File(encoding="utf-8-sig")


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


class Line(BaseModel):
    """One requirement of a spec file."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    value: str = ""
    id: str = ""

    @model_validator(mode="after")
    def _can_be_tried(self) -> Self:
        if self.kind not in KINDS:
            words = f"no kind of requirement is called {self.kind!r}; there are {', '.join(sorted(KINDS))}."
            raise PydanticCustomError("kind", "{words}", {"words": words})
        self.value = tidy(self.kind, self.value)
        if wrong := problem(self.kind, self.value):
            raise PydanticCustomError("value", "{kind}: {wrong}", {"kind": self.kind, "wrong": wrong})
        return self


class Spec(BaseModel):
    """A spec file: {"requirements": [{"kind", "value"}]}; kinds as in docs/evidence.md."""

    requirements: list[Line]


@click.command(cls=CheckCommand)
@click.argument("url", required=False)
@click.option("--file", "links", type=LINKS, help="Check every link of this file, one a line; - is the pipe.")
@click.option("--render", is_flag=True, help="Look at it in a browser too, and have all auditors speak.")
@click.option("--job", "spec", type=SPEC, metavar="SPEC.json", help="Try these requirements on it.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole check record as JSON.")
@click.option("--jsonl", is_flag=True, help="With --file: print one record a line.")
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Keep screenshots in this folder.")
@click.option(
    "--allow-local",
    "exceptions",
    metavar="HOST:PORT",
    multiple=True,
    help="Let the check reach this place although it isn't public. Development only.",
)
def check(
    url: str | None,
    links: TextIO | None,
    spec: TextIO | None,
    pictures: Path | None,
    exceptions: tuple[str, ...],
    *,
    render: bool,
    as_json: bool,
    jsonl: bool,
) -> None:
    """Check one prototype link, or a list of them.

    Exit code: 0 live, 1 broken, 2 refused, 3 unknown, 64 wrong usage; for a list 0 if all are live, else 1.
    """
    if (url is None) == (links is None):
        raise WrongUsage("Give one link, or --file with a list of them.")
    settings = _settings(exceptions)
    if links:
        if render or spec:
            raise WrongUsage("--render and --job work with one link.")
        sys.exit(0 if check_list(_links(links), setup_from(settings), records=jsonl) else 1)
    ask = _ask(with_scheme(url or ""), spec)
    record = _one(ask, settings, pictures) if render else check_link(ask.url, setup_from(settings), ask.requirements)
    if as_json or jsonl:
        click.echo(record.to_json(indent=None if jsonl else 2))
    else:
        report(record, Console())
    sys.exit(EXIT_CODES[record.state])


def _settings(exceptions: tuple[str, ...]) -> Settings:
    settings = load_settings()
    if exceptions and not settings.is_development:
        raise WrongUsage("--allow-local works in development only.")
    return load_settings(guard_exceptions=settings.guard_exceptions | set(exceptions))


def _one(ask: Ask, settings: Settings, pictures: Path | None) -> CheckRecord:
    files = FileStore(pictures) if pictures else None
    return examine_link(ask, setup_from(settings), browser=settings.browser, files=files)


def _ask(url: str, spec: TextIO | None) -> Ask:
    if spec is None:
        return Ask(url)
    try:
        lines = Spec.model_validate_json(spec.read()).requirements
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{spec.name}: this file isn't UTF-8.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise WrongUsage(f"{spec.name}: {place}: {first['msg']}") from error
    named = [(line.id or str(number), line) for number, line in enumerate(lines, 1)]
    return Ask(
        url,
        requirements=tuple(Requirement(key, line.kind, line.value) for key, line in named if line.kind != FREE),
        free_lines=tuple((key, line.value) for key, line in named if line.kind == FREE),
    )


def _links(file: TextIO) -> Iterator[str]:
    return (with_scheme(line) for line in file if line.strip() and not line.startswith("#"))


def check_list(links: Iterable[str], setup: Setup, *, records: bool) -> bool:
    """Check a list as it is read, with progress on the error stream; gives whether all are live."""
    started, console = time.monotonic(), Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("Checking", total=None)
        reasons = run(_count(check_links(_asks(links, progress, bar), setup), progress, bar, records=records))
    summarize(reasons, time.monotonic() - started, console)
    return all(state == PrototypeState.LIVE for state, _ in reasons)


def _asks(links: Iterable[str], progress: Progress, bar: Any) -> Iterator[Ask]:
    """Links are read only as work gets done, so the bar's end moves along until all are read."""
    for number, link in enumerate(links, 1):
        progress.update(bar, total=number)
        yield Ask(link)


async def _count(
    checks: AsyncGenerator[CheckRecord], progress: Progress, bar: Any, *, records: bool
) -> Counter[tuple[str, str]]:
    reasons = Counter[tuple[str, str]]()
    async for record in checks:
        reasons[record.state.value, record.reason] += 1
        progress.advance(bar)
        if records:
            click.echo(record.to_json())
    return reasons
