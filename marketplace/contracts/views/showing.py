"""Template data on production sites and terms, shared by the contract's pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.contracts.going_live import Delivery, Live, is_kept
from marketplace.contracts.models import Contract, GoLiveCheck, Milestone
from marketplace.contracts.queries import newest_go_live_check
from marketplace.contracts.schedule import promised_at, warranty_end
from marketplace.contracts.states import LineChange
from marketplace.contracts.wording import Clause, clauses, measured_from, promise_measured
from marketplace.jobs.requirements import sentence
from marketplace.prototypes.history import UptimeHistory
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.queries import evidence_of


@dataclass(frozen=True, slots=True)
class LivePanel:
    """A milestone's production site: newest comparison, measured promise, uptime."""

    milestone: Milestone
    production: Prototype
    is_busy: bool
    """A check is due or running."""
    comparison: GoLiveCheck | None
    """Newest comparison of the current address."""
    promise: str
    """Time taken, in words."""
    measured_from: str
    """Start, end and address of the measurement."""
    kept: Delivery | None
    """None when nothing was promised for this milestone."""
    not_proven: Sequence[str]
    """Why the promise can't be measured yet."""
    history: UptimeHistory
    """Uptime of the current address."""
    watched_until: datetime | None


@dataclass(frozen=True, slots=True)
class TermsInWords:
    """The contract's text: requirements as sentences, and numbered clauses."""

    requirements: list[str]
    clauses: list[Clause]


def live_panel(milestone: Milestone, now: datetime) -> LivePanel:
    """Build the panel of a milestone with a production site; raises ValueError without one."""
    production = milestone.production
    if production is None:
        raise ValueError("this milestone has no production site")
    evidence, newest = evidence_of(production, now), newest_go_live_check(milestone.id)
    comparison = newest if newest and newest.at >= production.submitted_at else None
    return LivePanel(
        milestone=milestone,
        production=production,
        is_busy=production.is_waiting or evidence.is_examining,
        comparison=comparison,
        promise=promise_measured(milestone.contract, milestone),
        measured_from=measured_from(milestone),
        kept=promise_of(milestone, now),
        not_proven=_not_proven(production, comparison),
        history=evidence.history,
        watched_until=warranty_end(milestone.contract, milestone),
    )


def promise_of(milestone: Milestone, now: datetime) -> Delivery | None:
    """Outcome of the go-live promise; None without one, or if the milestone is not the last."""
    promised, production = promised_at(milestone.contract, milestone), milestone.production
    if promised is None:
        return None
    newest = newest_go_live_check(milestone.id)
    is_other_work = bool(production and production.control and newest and newest.outcome == LineChange.DIFFERENT)
    live = Live(milestone.live_at, milestone.proven_live_at, is_other_work)
    return is_kept(promised, live, milestone.decided_at or now)


def _not_proven(production: Prototype, comparison: GoLiveCheck | None) -> list[str]:
    """What is missing for the promise to count, one sentence each."""
    missing = list(comparison.reasons) if comparison else ["No browser has compared it with the awarded work yet."]
    if not production.control and (comparison is None or comparison.outcome != LineChange.UNPROVEN):
        missing.append("The client’s code was not found, so nothing shows whose domain it is.")
    return missing


def terms_in_words(contract: Contract) -> TermsInWords:
    """Everything both sign besides the milestones."""
    lines = contract.scope["requirements"]
    return TermsInWords([sentence(line["kind"], line["value"]) for line in lines], clauses(contract))
