"""Is it theirs: whether the bidder put the token of this bid on the site, where only its owner can.

Evidence: proven_by (meta | file | dns, or empty), not_asked (where we couldn't look).
"""

from __future__ import annotations

from marketplace.prototypes.audits.audit import Audit, Tone
from marketplace.prototypes.audits.hosts import host_of
from marketplace.prototypes.audits.proofs import WELL_KNOWN
from marketplace.prototypes.audits.seen import Seen

NAME = "control"
VERSION = 1
KEY = "prebuilt-verification"
_PLACES = {"meta": "a tag in the page’s head", "file": f"the file {WELL_KNOWN}", "dns": "a DNS record of the host"}


def audit(seen: Seen) -> Audit:
    """Good when proven; unproven is only a note, for many a good prototype is on a host without such a proof."""
    if not seen.token:
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "No proof of control was asked for.")
    found = _found(seen)
    proven_by = next((where for where, texts in found.items() if texts and _proves(texts, seen.token)), "")
    not_asked = [where for where, texts in found.items() if texts is None]
    evidence = {"proven_by": proven_by, "not_asked": not_asked}
    if proven_by:
        sentence = f"The bidder controls this site: {_PLACES[proven_by]} shows it."
        return Audit(NAME, VERSION, Tone.GOOD, sentence, "", evidence)
    mend = mend_for(seen)
    if len(not_asked) == len(found):
        return Audit(NAME, VERSION, Tone.NOT_MEASURED, "Control of this site couldn’t be looked into.", mend, evidence)
    return Audit(NAME, VERSION, Tone.NOTE, "Control unproven: nothing shows yet whose site this is.", mend, evidence)


def mend_for(seen: Seen) -> str:
    """What the bidder can put where."""
    line = f"{KEY}={seen.token}"
    return (
        f'Do one of these: put <meta name="{KEY}" content="{seen.token}"> into the page’s head; '
        f"or serve {WELL_KNOWN} with the line {line}; or add a DNS TXT record {line} to {host_of(seen.url)}."
    )


def _found(seen: Seen) -> dict[str, tuple[str, ...] | None]:
    """Where a proof may be -> what was found there, or None where we couldn't look."""
    meta = seen.facts.verification if seen.facts else None
    return {"meta": meta, "file": seen.proofs.lines, "dns": seen.proofs.records}


def _proves(texts: tuple[str, ...], token: str) -> bool:
    return any(text.strip() in (token, f"{KEY}={token}") for text in texts)
