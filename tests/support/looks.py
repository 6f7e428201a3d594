"""Made-up checks of a link, stored as the workers store them; call in an app context."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from marketplace.checker.audits.audit import Audit, Tone
from marketplace.checker.examination import Examination
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.checker.outline import Outline
from marketplace.checker.record import CheckRecord
from marketplace.checker.requirements import Finding, Outcome
from marketplace.checker.states import CheckState
from marketplace.core.database import db
from marketplace.prototypes.full_check_recording import record_full_checks
from marketplace.prototypes.models import FullCheckSchedule, Prototype
from marketplace.prototypes.quick_check_recording import record_checks
from tests.support.audit_inputs import hop, rendered

GYM = (
    "Granite climbing gym. Book a slot in three taps, from your phone, even in the cellar. We open at seven every "
    "morning and close at ten in the evening. Beginners are welcome on Tuesdays and Thursdays, and children on Sunday "
    "afternoons with a trainer. A day ticket costs fourteen euros, a month sixty. Shoes can be hired at the desk."
)
OTHER = (
    "Our bakery sells rye bread, rolls and cakes from a stone oven that was built in the year nineteen hundred. Order "
    "before noon and fetch your loaf on the way home. We deliver to cafes in the old town by cargo bike on weekdays. "
    "On Saturdays there is coffee, and a long table in the yard where neighbours meet. Closed on Mondays and in August."
)
SHAPE = Outline(("Granite",), (".", "prices"), ("email name",))
_causes = itertools.count(1)


def record_of(
    prototype: Prototype,
    now: datetime,
    text: str = GYM,
    found: Mapping[str, Outcome] | None = None,
    *,
    proven: bool = False,
    outline: Outline = SHAPE,
    state: CheckState = CheckState.LIVE,
    leads_to: str = "",
) -> CheckRecord:
    """A full check's record; outcomes in `found` by requirement kind, all others are met; `leads_to` after
    a redirect.
    """
    outcomes = found or {}
    findings = tuple(
        Finding(line["id"], line["kind"], line["value"], outcomes.get(line["kind"], Outcome.MET), "seen")
        for line in prototype.requirements
        if line["kind"] != "free"
    )
    control = Audit("control", 1, Tone.GOOD, "", evidence={"proven_by": "meta" if proven else ""})
    hops = tuple(hop(url) for url in (prototype.url, leads_to) if url)
    return CheckRecord(
        prototype.url, state, "answered", "Live: answered in 0.4 s.", now, now, hops, total_ms=400,
        requirements=findings, rendering=rendered(text=text, url=prototype.url), audits=(control,), outline=outline,
    )  # fmt: skip


def check_quickly(
    prototype: Prototype,
    now: datetime,
    state: CheckState = CheckState.LIVE,
    found: Mapping[str, Outcome] | None = None,
    *,
    begun_at: datetime | None = None,
) -> None:
    """Store a quick check that ends at `now`; by default it began then too."""
    prototype.lease_token, prototype.begun_at = "quick", begun_at or now
    db.session.flush()
    record = replace(record_of(prototype, now, found=found, state=state), rendering=None, outline=None, audits=())
    record = replace(
        record, cause=prototype.cause, sentence="Live." if state == "live" else "It answers with an error."
    )
    assert record_checks({prototype.id: record}, {prototype.id: "quick"}, now) == 1
    db.session.commit()


def check_fully(
    prototype: Prototype,
    now: datetime,
    record: CheckRecord,
    *,
    begun_at: datetime | None = None,
    polish: float | None = None,
) -> None:
    """Store a full check that ends at `now`; by default it began then too."""
    turn = db.session.get_one(FullCheckSchedule, prototype.id)
    turn.cause, turn.revision, turn.lease_token = f"full:{next(_causes)}", prototype.revision, "full"
    turn.begun_at = begun_at or now
    db.session.flush()
    text = record.rendering.text if record.rendering else ""
    control = record.audit("control")
    proven_by = str(control.evidence["proven_by"]) if control else ""
    found = Examination(record, fingerprint_of(text, None), polish, proven_by)
    assert record_full_checks({prototype.id: found}, {prototype.id: "full"}, now) == 1
    db.session.commit()
