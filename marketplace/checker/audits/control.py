"""Proof of control: whether the bidder put the bid's token on the site, where only its owner can.

Evidence: proven_by (meta | file | dns, or empty), not_asked (where we couldn't look).
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.audits.audit_input import AuditInput
from marketplace.checker.audits.hosts import host_of
from marketplace.checker.audits.proofs import WELL_KNOWN

NAME = "control"
VERSION = 1
KEY = "prebuilt-verification"
_PLACES = {"meta": "a tag in the page’s head", "file": f"the file {WELL_KNOWN}", "dns": "a DNS record of the host"}


def audit(seen: AuditInput) -> Audit:
    """Good when proven; unproven is only a note, since many hosts allow no such proof."""
    if not seen.token:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "No proof of control was asked for.")
    found = _found(seen)
    proven_by = next((where for where, texts in found.items() if texts and _proves(texts, seen.token)), "")
    not_asked = [where for where, texts in found.items() if texts is None]
    evidence = {"proven_by": proven_by, "not_asked": not_asked}
    if proven_by:
        sentence = f"The bidder controls this site: {_PLACES[proven_by]} shows it."
        return Audit(NAME, VERSION, Tone.GOOD, sentence, "", evidence)
    mend = _mend_for(seen)
    if len(not_asked) == len(found):
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "Control of this site couldn’t be looked into.", mend, evidence)
    return Audit(NAME, VERSION, Tone.NOTE, "Control unproven: nothing shows yet whose site this is.", mend, evidence)


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves control of a site; one of three places is enough."""

    tag: str
    """For the page's head."""
    line: str
    """For the file, or for a DNS TXT record of the host."""
    file: str
    host: str


def proof_for(token: str, url: str) -> Proof:
    """What the bidder can put in each place."""
    tag = f'<meta name="{KEY}" content="{token}">'
    return Proof(tag=tag, line=f"{KEY}={token}", file=WELL_KNOWN, host=host_of(url))


def _mend_for(seen: AuditInput) -> str:
    proof = proof_for(seen.token, seen.url)
    return (
        f"Do one of these: put {proof.tag} into the page’s head; or serve {proof.file} with the line {proof.line}; "
        f"or add a DNS TXT record {proof.line} to {proof.host}."
    )


def _found(seen: AuditInput) -> dict[str, tuple[str, ...] | None]:
    """Place -> texts found there, or None where it couldn't be asked."""
    meta = seen.facts.verification if seen.facts else None
    return {"meta": meta, "file": seen.proofs.lines, "dns": seen.proofs.records}


def _proves(texts: tuple[str, ...], token: str) -> bool:
    return any(text.strip() in (token, f"{KEY}={token}") for text in texts)
