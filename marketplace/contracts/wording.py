"""Text of the contract, identical on page and PDF, and wording of durations and pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.contracts.states import Pause
from marketplace.payments.fees import percent

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract, Milestone

HANDOVER_WORDS = {
    "source": ("Source", "The complete source of the work, with what is needed to build and run it."),
    "credentials": ("Credentials", "Accounts and passwords, through one-time secrets that are deleted when read."),
    "licence": ("Licence and credits", "Under which terms the work is handed over, and whose work it reuses."),
}
"""Kind of handover item -> (title, description)."""
DOMAIN_WORDS = (
    "No check has found your code on a production site of your own. The contract’s page has the code; only you can put "
    "it there."
)
"""Hint for the client while the domain is not proven."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One numbered clause of the contract."""

    heading: str
    text: str


def clauses(contract: Contract) -> list[Clause]:
    """Clauses agreed on besides scope and milestones."""
    return [
        Clause("Payment", _payment(contract)),
        Clause("Going live", _going_live(contract)),
        Clause("Handover", " ".join(words for _, words in HANDOVER_WORDS.values())),
        Clause(
            "Rights",
            "All rights in the work stay with the freelancer until it is paid for. With the release of a milestone’s "
            "money the rights in that milestone’s work pass to the client. Work of others that it reuses stays under "
            "its own licence, as listed under licence and credits.",
        ),
        Clause(
            "Changes",
            "Milestones that are not paid for yet, the go-live promise and the scope change only when one side "
            "proposes it and the other agrees. Every version is kept. Both may agree to end the contract, and then say "
            "who gets the money that is held.",
        ),
        Clause(
            "Disagreement",
            "Either side may open a dispute about a milestone whose money is held. The money is then frozen until the "
            "dispute is settled.",
        ),
    ]


def _payment(contract: Contract) -> str:
    return (
        "The client pays for a milestone before work on it begins; the payment provider holds the money. The "
        "freelancer hands the work in, and the client approves it or asks for changes, with reasons. Approval releases "
        f"the money to the freelancer. If the client says nothing for {_days(contract.auto_release_days)} after work "
        "was handed in, and is reminded three times in that time, the money is released too. That time does not run "
        "while source, credentials or licence are neither handed over nor waived by the client, while the production "
        "site is down or not the awarded work, or while the client’s bank disputes the payment; afterwards the client "
        f"has the whole of it again. {_fee(contract)}"
    )


def _fee(contract: Contract) -> str:
    if not contract.fee_bps:
        return "The marketplace takes no fee."
    return (
        f"The marketplace takes a fee of {percent(contract.fee_bps)} of what is released, from the freelancer’s part; "
        "the client pays none."
    )


def _going_live(contract: Contract) -> str:
    promise = (
        f"The freelancer promises that the work is live within {_hours(contract.go_live_hours)} of the payment of the "
        "last milestone. "
        if contract.go_live_hours
        else "There is no promise of a time until the work is live. "
    )
    return (
        f"{promise}The freelancer gives the address of the production site. Checks compare it with the awarded "
        "prototype and look for the client’s code on the domain. A code that the client has not put "
        "there stops nothing. After the release the site’s uptime is watched and shown for "
        f"{_days(contract.warranty_days)}."
    )


def promise_measured(contract: Contract, milestone: Milestone) -> str:
    """Measured promise, such as "Live 3 h 10 min after payment, promised 6 h."; empty before it is live."""
    since = milestone.proven_live_at or milestone.live_at
    if since is None or milestone.funded_at is None:
        return ""
    took = span(since - milestone.funded_at)
    promised = f", promised {contract.go_live_hours} h" if contract.go_live_hours else ""
    return f"Live {took} after payment{promised}."


def pause_words(milestone: Milestone) -> str:
    """Why auto-release is paused, worded for both sides; empty when it is not."""
    evidence = milestone.pause_evidence
    return {
        Pause.NONE: "",
        Pause.BANK: "The client’s bank disputes the payment, so the money is frozen until the bank has decided.",
        Pause.DOWN: f"The production site is not working: {evidence}",
        Pause.DIFFERS: f"The production site is not as it should be. {evidence}",
        Pause.OWED: f"The freelancer has still to hand over: {evidence}. Then the client has the whole time again.",
        Pause.STUCK: f"The money can’t be released now: {evidence}",
    }[Pause(milestone.pause)]


def measured_from(milestone: Milestone) -> str:
    """Start, end and address of the time measurement; empty before it is live."""
    since, production = milestone.proven_live_at or milestone.live_at, milestone.production
    if since is None or milestone.funded_at is None or production is None:
        return ""
    what = "the awarded work" if milestone.proven_live_at else "a page"
    return (
        f"Measured from the payment on {milestone.funded_at:%d %B %Y, %H:%M} UTC to the first check that found {what} "
        f"at {production.url}, on {since:%d %B %Y, %H:%M} UTC."
    )


def span(duration: timedelta) -> str:
    """Format a duration in at most two units: "3 h 10 min", "2 d 4 h", "40 s"."""
    seconds = max(0, int(duration.total_seconds()))
    days, hours, minutes = seconds // 86_400, seconds % 86_400 // 3_600, seconds % 3_600 // 60
    parts = [f"{value} {unit}" for value, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if value]
    return " ".join(parts[:2]) or f"{seconds} s"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _hours(count: int | None) -> str:
    return "1 hour" if count == 1 else f"{count} hours"
