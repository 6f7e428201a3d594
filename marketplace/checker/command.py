"""`marketplace check`: the same check from the shell, of one link or a list."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config.settings import Settings, load_settings
from marketplace.checker.engine import check_link, check_links, run
from marketplace.checker.examiner import examine_link
from marketplace.checker.record import CheckRecord
from marketplace.checker.report import report, summarize
from marketplace.checker.setup import Setup, setup_from
from marketplace.checker.spec import CheckRequest, NotASpec, Spec
from marketplace.checker.states import CheckState
from marketplace.core.storage import FileStore
from marketplace.core.text import with_scheme
from marketplace.core.usage import UsageCommand, WrongUsage

EXIT_CODES = {
    CheckState.LIVE: 0,
    CheckState.BROKEN: 1,
    CheckState.REFUSED: 2,
    CheckState.UNKNOWN: 3,
}
LINKS = click.File(encoding="utf-8-sig", errors="surrogateescape")
"""Bytes that aren't UTF-8 stay in their line, which is then refused like any that is no web address."""
SPEC = click.File(encoding="utf-8-sig")


@click.command(cls=UsageCommand)
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
    request = _request(with_scheme(url or ""), spec)
    record = (
        _one(request, settings, pictures)
        if render
        else check_link(request.url, setup_from(settings), request.requirements)
    )
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


def _one(request: CheckRequest, settings: Settings, pictures: Path | None) -> CheckRecord:
    files = FileStore(pictures) if pictures else None
    return run(examine_link(request, setup_from(settings), browser=settings.browser, files=files))


def _request(url: str, file: TextIO | None) -> CheckRequest:
    if file is None:
        return CheckRequest(url)
    try:
        return Spec.read(file.read()).request(url)
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{file.name}: this file isn't UTF-8.") from error
    except NotASpec as error:
        raise WrongUsage(f"{file.name}: {error}") from error


def _links(file: TextIO) -> Iterator[str]:
    return (with_scheme(line) for line in file if line.strip() and not line.startswith("#"))


def check_list(links: Iterable[str], setup: Setup, *, records: bool) -> bool:
    """Check links as they are read, with progress on stderr; returns whether all are live."""
    started, console = time.monotonic(), Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("Checking", total=None)
        reasons = run(_count(check_links(_requests(links, progress, bar), setup), progress, bar, records=records))
    summarize(reasons, time.monotonic() - started, console)
    return all(state == CheckState.LIVE for state, _ in reasons)


def _requests(links: Iterable[str], progress: Progress, bar: Any) -> Iterator[CheckRequest]:
    """Read links lazily; the bar's total grows until all are read."""
    for number, link in enumerate(links, 1):
        progress.update(bar, total=number)
        yield CheckRequest(link)


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
