"""How it renders: errors, failed requests, speed, layout shift and phone width, in one line.

Evidence: lcp_ms, layout_shift, blocking_ms, load_ms, requests, bytes, overflow_px, console_errors and failed_requests
(counts), first_error. The pictures and all else are in the record's `rendering`.
"""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.polish import BLOCKING_MS, LCP_MS, SHIFT, Band
from marketplace.checker.browser.view import Rendering

NAME = "rendering"
VERSION = 1


def audit(seen: AuditInput) -> Audit:
    """Bad when visitors notice: slow, shifting or wider than a phone; errors alone are a note."""
    rendering = seen.rendering
    if not rendering.is_measured:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, rendering.sentence or "No browser opened the page.")
    faults = list(_faults(rendering))
    tone = max((tone for tone, _, _ in faults), key=_GRAVITY.index, default=Tone.GOOD)
    said = [words for _, words, _ in faults] or ["no errors, nothing missing"]
    mend = " ".join(dict.fromkeys(mend for _, _, mend in faults))
    return Audit(NAME, VERSION, tone, f"{_shown(rendering)}: {'; '.join(said)}.", mend, _evidence(rendering))


_GRAVITY = (Tone.GOOD, Tone.NOTE, Tone.BAD)


def _shown(rendering: Rendering) -> str:
    shown_ms = rendering.lcp_ms if rendering.lcp_ms is not None else rendering.load_ms
    return "Opened in a browser" if shown_ms is None else f"Shown in a browser within {shown_ms / 1000:.2f} s"


def _faults(rendering: Rendering) -> Iterator[tuple[Tone, str, str]]:
    """(tone, words, mend) of each."""
    if rendering.overflow_px:
        fault = f"{rendering.overflow_px} px wider than a phone"
        yield Tone.BAD, fault, "Let the page fit a screen 390 px wide."
    yield from _vital(rendering.lcp_ms, LCP_MS, "slow to show", "Show the largest part sooner: fewer, smaller files.")
    yield from _vital(rendering.layout_shift, SHIFT, "jumps while it loads", "Give pictures and embeds a size.")
    yield from _vital(rendering.blocking_ms, BLOCKING_MS, "busy with scripts", "Do less in scripts at the start.")
    if errors := len(rendering.console_errors):
        yield Tone.NOTE, _count(errors, "script error"), "See the browser’s console for the errors."
    if failed := len(rendering.failed_requests):
        yield Tone.NOTE, f"{_count(failed, 'file')} didn’t load", "Mend the addresses of what didn’t load."


def _vital(value: float | None, band: Band, words: str, mend: str) -> Iterator[tuple[Tone, str, str]]:
    if value is not None and value > band.good:
        yield (Tone.BAD, words, mend) if value > band.poor else (Tone.NOTE, f"a little {words}", mend)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _evidence(rendering: Rendering) -> dict[str, object]:
    return {
        "lcp_ms": rendering.lcp_ms,
        "layout_shift": rendering.layout_shift,
        "blocking_ms": rendering.blocking_ms,
        "load_ms": rendering.load_ms,
        "requests": rendering.requests,
        "bytes": rendering.bytes,
        "overflow_px": rendering.overflow_px,
        "console_errors": len(rendering.console_errors),
        "failed_requests": len(rendering.failed_requests),
        "first_error": next(iter(rendering.console_errors), "")[:300],
    }
