"""Prints a check record, or the summary of a list, to a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.table import Table

from marketplace.checker.audits.audit import HEADINGS, Tone
from marketplace.checker.fetch.result import Hop
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import Outcome
from marketplace.checker.states import CheckState

COLOURS = {CheckState.LIVE: "green", CheckState.BROKEN: "red", CheckState.REFUSED: "red"}
OUTCOMES = {Outcome.MET: "[green]met[/]", Outcome.NOT_MET: "[red]not met[/]", Outcome.NOT_MEASURED: "not measured"}
TONES = {
    Tone.GOOD: "[green]good[/]",
    Tone.NOTE: "note",
    Tone.BAD: "[red]look at this[/]",
    Tone.NOT_MEASURED: "not measured",
}


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
    _report_lines(record, console)


def _report_lines(record: CheckRecord, console: Console) -> None:
    lines = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in record.requirements:
        lines.add_row(f"{finding.kind} {_escape(finding.value)}", OUTCOMES[finding.outcome], _escape(finding.evidence))
    for audit in record.audits:
        lines.add_row(HEADINGS.get(audit.name, audit.name), TONES[audit.tone], _escape(audit.sentence))
    if lines.row_count:
        console.print(lines, highlight=False)


def summarize(reasons: Counter[tuple[str, str]], seconds: float, console: Console) -> None:
    """How many links came to which verdict, (state, reason) -> count, and how fast."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("links", "state", "reason"):
        table.add_column(heading, justify="right" if heading == "links" else "left")
    for (state, reason), count in reasons.most_common():
        table.add_row(f"{count:,}", f"[{COLOURS.get(CheckState(state), 'yellow')}]{state}[/]", reason.replace("_", " "))
    console.print(table, highlight=False)
    total = reasons.total()
    console.print(f"{total:,} links in {seconds:.1f} s, {total / max(seconds, 0.001):,.0f} a second", highlight=False)


def _answer(hop: Hop) -> str:
    return hop.problem.value.replace("_", " ") if hop.problem else str(hop.status)


def _ms(milliseconds: float | None) -> str:
    return "" if milliseconds is None else f"{milliseconds:.0f} ms"


def _escape(text: str) -> str:
    """Untrusted text without console markup and control characters."""
    return "".join(character if character.isprintable() else "?" for character in text).replace("[", r"\[")
