"""What the contract's pages show of the production site and of the terms, gathered once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from marketplace.awards.models import Contract, GoLiveCheck, Milestone
from marketplace.awards.queries import newest_go_live_check
from marketplace.awards.schedule import warranty_end
from marketplace.awards.wording import Clause, clauses, is_kept, promise_kept
from marketplace.jobs.requirements import sentence
from marketplace.prototypes.history import History
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.queries import evidence_of


@dataclass(frozen=True, slots=True)
class LivePanel:
    """A milestone's production site: what the newest comparison says, the promise measured, the uptime."""

    milestone: Milestone
    production: Prototype
    is_busy: bool
    """A check is due or under way."""
    comparison: GoLiveCheck | None
    """The newest of the present address."""
    promise: str
    is_kept: bool | None
    history: History
    """How the present address fared."""
    watched_until: datetime | None


@dataclass(frozen=True, slots=True)
class TermsInWords:
    """The contract's text: requirements as sentences, and the numbered clauses."""

    requirements: list[str]
    clauses: list[Clause]


def live_panel(milestone: Milestone, now: datetime) -> LivePanel:
    """The panel of a milestone that has a production site."""
    production = milestone.production
    if production is None:
        raise ValueError("this milestone has no production site")
    evidence, comparison = evidence_of(production, now), newest_go_live_check(milestone.id)
    return LivePanel(
        milestone=milestone,
        production=production,
        is_busy=production.is_waiting or evidence.is_examining,
        comparison=comparison if comparison and comparison.at >= production.submitted_at else None,
        promise=promise_kept(milestone.contract, milestone),
        is_kept=is_kept(milestone.contract, milestone),
        history=evidence.history,
        watched_until=warranty_end(milestone.contract, milestone),
    )


def terms_in_words(contract: Contract) -> TermsInWords:
    """All that both sign, besides the milestones."""
    lines = contract.scope["requirements"]
    return TermsInWords([sentence(line["kind"], line["value"]) for line in lines], clauses(contract))
