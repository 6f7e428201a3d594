"""Liveness: how the page answered, in one line.

Evidence: status, ms (the whole way), redirects, first_byte_ms, wire_bytes, decoded_bytes, cut (read in part only),
tls {version, issuer, expires, days_left} or null.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.fetch.result import Hop
from marketplace.checker.record import CheckRecord
from marketplace.checker.states import CheckState

NAME = "liveness"
VERSION = 1
EXPIRY_DAYS = 14
"""A certificate with fewer days left is mentioned: automatic renewal comes earlier (Let's Encrypt: 30 days)."""
SLOW_FIRST_BYTE_MS = 1800
"""Beyond this a server is slow (web.dev/articles/ttfb: good up to 800 ms, poor above 1,800 ms)."""
MANY_REDIRECTS = 2


def audit(seen: AuditInput) -> Audit:
    """Good without remarks, a note with some; bad only when the site was seen to fail."""
    record, evidence = seen.record, _evidence(seen.record)
    if not seen.is_live:
        tone = Tone.NOT_MEASURED if record.state is CheckState.UNKNOWN else Tone.BAD
        return Audit(NAME, VERSION, tone, record.sentence, evidence=evidence)
    remarks = list(_remarks(evidence))
    return Audit(
        NAME,
        VERSION,
        Tone.NOTE if remarks else Tone.GOOD,
        f"{_summary(evidence)}." + "".join(f" {remark}" for remark, _ in remarks),
        " ".join(mend for _, mend in remarks),
        evidence,
    )


def _evidence(record: CheckRecord) -> dict[str, Any]:
    last = record.last
    return {
        "status": last.status,
        "ms": record.total_ms,
        "redirects": len(record.hops) - 1,
        "first_byte_ms": last.timings.first_byte,
        "wire_bytes": last.wire_bytes,
        "decoded_bytes": last.decoded_bytes,
        "cut": last.cut,
        "tls": _tls(last, record.finished_at),
    }


def _tls(hop: Hop, now: datetime) -> dict[str, Any] | None:
    if not hop.tls:
        return None
    days = (datetime.fromisoformat(hop.tls.expires) - now).days if hop.tls.expires else None
    return {"version": hop.tls.version, "issuer": hop.tls.issuer, "expires": hop.tls.expires, "days_left": days}


def _summary(evidence: dict[str, Any]) -> str:
    redirects = evidence["redirects"]
    way = "" if not redirects else " after 1 redirect" if redirects == 1 else f" after {redirects} redirects"
    return f"Answered in {max(evidence['ms'], 10) / 1000:.2f} s{way}, {evidence['wire_bytes'] / 1024:,.1f} KB"


def _remarks(evidence: dict[str, Any]) -> list[tuple[str, str]]:
    """Remarks, each with how to fix it."""
    found: list[tuple[str, str]] = []
    if evidence["redirects"] >= MANY_REDIRECTS:
        found.append(("The link takes several redirects.", "Give the address where the page is in the end."))
    if (evidence["first_byte_ms"] or 0) > SLOW_FIRST_BYTE_MS:
        found.append(("The server is slow to answer.", "Look at what the server does before it answers."))
    if evidence["cut"]:
        found.append(("The page is so large that we read only the start of it.", "Make the page itself smaller."))
    days: int | None = evidence["tls"]["days_left"] if evidence["tls"] else None
    if days is not None and days < EXPIRY_DAYS:
        found.append((f"Its certificate expires in {days} days.", "Renew the certificate."))
    return found
