"""The auditors of liveness, rendering, accessibility and control, and their isolation from each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from marketplace.checker.audits import accessibility, control, liveness, registry, rendering
from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.proofs import Proofs
from marketplace.checker.audits.registry import AUDITORS, Auditor, audit_all
from marketplace.checker.browser.view import Rendering
from marketplace.checker.fetch.result import Hop, Timings, Tls
from marketplace.checker.states import CheckState
from tests.support.audit_inputs import NOW, hop, page, rendered, seen

TOKEN = "0123456789abcdef"
NO_BROWSER = Rendering("no_browser", "There is no browser on this machine.")


def tls(days: int) -> Tls:
    return Tls("TLSv1.3", "Example CA", "shop.example", (NOW + timedelta(days=days, minutes=1)).isoformat())


@pytest.mark.parametrize(
    ("hops", "tone", "words"),
    [
        ([hop()], "good", "Answered in 0.12 s, 0.0 KB."),
        ([hop(wire_bytes=2_000_000)], "good", "1,953.1 KB"),
        ([hop(), hop()], "good", "after 1 redirect"),
        ([hop(), hop(), hop()], "note", "several redirects"),
        ([hop(tls=tls(14))], "good", ""),
        ([hop(tls=tls(13))], "note", "expires in 13 days"),
        ([hop(tls=Tls("TLSv1.3", "", "", ""))], "good", ""),
        ([hop(timings=Timings(first_byte=1800))], "good", ""),
        ([hop(timings=Timings(first_byte=1801))], "note", "slow to answer"),
        ([hop(cut=True)], "note", "only the start"),
    ],
)
def test_liveness(hops: list[Hop], tone: str, words: str) -> None:
    audit = liveness.audit(seen(*hops))
    assert audit.tone == tone
    assert words in audit.sentence
    assert bool(audit.mend) == (tone == "note")


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (CheckState.BROKEN, "bad"),
        (CheckState.REFUSED, "bad"),
        (CheckState.UNKNOWN, "not_measured"),
    ],
)
def test_liveness_is_bad_only_for_observed_failures(state: CheckState, tone: str) -> None:
    assert liveness.audit(seen(state=state)).tone == tone


@pytest.mark.parametrize(
    ("measured", "tone", "words"),
    [
        ({}, "good", "Shown in a browser within 0.90 s: no errors, nothing missing."),
        ({"lcp_ms": 2500.0}, "good", ""),
        ({"lcp_ms": 2501.0}, "note", "a little slow to show"),
        ({"lcp_ms": 4001.0}, "bad", "slow to show"),
        ({"layout_shift": 0.11}, "note", "a little jumps"),
        ({"layout_shift": 0.26}, "bad", "jumps while it loads"),
        ({"blocking_ms": 601.0}, "bad", "busy with scripts"),
        ({"overflow_px": 1}, "bad", "1 px wider than a phone"),
        ({"overflow_px": None}, "good", ""),
        ({"console_errors": ("x is not defined",)}, "note", "1 script error"),
        ({"failed_requests": ({"url": "/a", "why": "404"},) * 2}, "note", "2 files didn’t load"),
        ({"console_errors": ("x",), "overflow_px": 9}, "bad", "9 px"),
        ({"lcp_ms": None}, "good", "within 1.20 s"),
        ({"lcp_ms": None, "load_ms": None}, "good", "Opened in a browser"),
    ],
)
def test_rendering(measured: dict[str, Any], tone: str, words: str) -> None:
    audit = rendering.audit(seen(rendering=rendered(**measured)))
    assert audit.tone == tone
    assert words in audit.sentence
    assert bool(audit.mend) == (tone != "good")


def rule(impact: str | None, number: int = 1) -> dict[str, Any]:
    return {"id": f"rule-{impact}-{number}", "impact": impact, "help": "Give it a name", "nodes": 3, "targets": ["a"]}


@pytest.mark.parametrize(
    ("violations", "incomplete", "tone", "words"),
    [
        ([], [], "good", "No accessibility problem found."),
        ([], [rule("critical")], "good", "1 more to look at by eye"),
        ([rule("minor")], [], "note", "1 minor"),
        ([rule("moderate"), rule("moderate", 2)], [], "note", "2 moderate"),
        ([rule("minor"), rule("serious")], [], "bad", "1 serious, 1 minor"),
        ([rule("critical")], [], "bad", "1 critical"),
        ([rule(None)], [], "note", "1 minor"),
    ],
)
def test_accessibility(
    violations: list[dict[str, Any]], incomplete: list[dict[str, Any]], tone: str, words: str
) -> None:
    axe = {"violations": violations, "incomplete": incomplete, "version": "4.11"}
    audit = accessibility.audit(seen(rendering=rendered(axe=axe)))
    assert audit.tone == tone
    assert words in audit.sentence
    assert sum(audit.evidence["incomplete"].values()) == len(incomplete)


@pytest.mark.parametrize("auditor", [rendering.audit, accessibility.audit])
def test_browser_auditors_measure_nothing_without_a_browser(auditor: Any) -> None:
    audit = auditor(seen(rendering=NO_BROWSER))
    assert (audit.tone, audit.sentence) == (Tone.NOT_MEASURED, NO_BROWSER.sentence)


@pytest.mark.parametrize(
    ("meta", "proofs", "proven_by"),
    [
        ((TOKEN,), Proofs(), "meta"),
        ((), Proofs(("", TOKEN)), "file"),
        ((), Proofs((f"prebuilt-verification={TOKEN}",)), "file"),
        ((), Proofs((), ("v=spf1", f"prebuilt-verification={TOKEN}")), "dns"),
        ((), Proofs((), ()), ""),
        ((), Proofs((f"x{TOKEN}",), (f"{TOKEN} or so",)), ""),
        ((TOKEN[:-1], TOKEN.upper(), ""), Proofs(("",), ("",)), ""),
    ],
)
def test_control(meta: tuple[str, ...], proofs: Proofs, proven_by: str) -> None:
    audit = control.audit(seen(facts=page(verification=meta), proofs=proofs, token=TOKEN))
    assert audit.evidence["proven_by"] == proven_by
    assert audit.tone == ("good" if proven_by else "note")
    assert (TOKEN in audit.mend) == (not proven_by)


def test_unproven_control_lists_unreachable_places() -> None:
    assert control.audit(seen(token=TOKEN)).evidence["not_asked"] == ["file", "dns"]
    nothing = control.audit(seen(state=CheckState.BROKEN, token=TOKEN))
    assert nothing.tone == "not_measured"


def test_control_is_not_measured_without_a_token() -> None:
    assert control.audit(seen(facts=page(verification=("",)), proofs=Proofs(("",), ("",)))).tone == "not_measured"


def test_failing_auditor_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(seen: AuditInput) -> Audit:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(registry, "AUDITORS", (Auditor("real", 3, fail), *AUDITORS[:1]))
    failed, other = audit_all(seen())
    assert (failed.name, failed.version, failed.tone) == ("real", 3, Tone.NOT_MEASURED)
    assert "not the bidder’s" in failed.sentence
    assert other.tone == "good"


def test_every_auditor_returns_an_audit_for_any_input() -> None:
    whatever = [seen(), seen(state=CheckState.BROKEN), seen(rendering=rendered()), seen(rendering=Rendering())]
    for one in whatever:
        audits = audit_all(one)
        assert [audit.name for audit in audits] == [auditor.name for auditor in AUDITORS]
        assert not any("is our fault" in audit.sentence for audit in audits)
