"""What the events of a contract mean for its two sides, and for bidders whose bids stand again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.models import Award, Contract, ContractVersion, Deadline, Milestone
from marketplace.contracts.owed import is_domain_settled
from marketplace.contracts.policy import has_signed, other_side
from marketplace.contracts.schedule import What
from marketplace.contracts.states import CLIENT, FREELANCER, MilestoneState, ProposalKind, ProposalState
from marketplace.contracts.wording import pause_words, promise_measured
from marketplace.core import events
from marketplace.core.database import db
from marketplace.core.money import display
from marketplace.core.rooms import Listeners
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News

REMINDERS: dict[str, tuple[str, str, str]] = {
    What.SIGN_REMINDER: ("unsigned", "The contract for {job} waits for your signature", "Read it, then sign it."),
    What.FUND_REMINDER: (CLIENT, "{job} waits for your payment", "Work on “{step}” begins once its money is held."),
    What.DUE_REMINDER: (FREELANCER, "“{step}” of {job} is due soon", "It is due on {day}."),
    What.OVERDUE: ("both", "“{step}” of {job} was due today", "It is not handed in yet."),
    What.GO_LIVE_PROMISE: (
        "both", "The time promised for {job} to be live is over", "No check has found the production site live yet.",
    ),
    What.HANDOVER_REMINDER: (
        FREELANCER, "Hand over what is missing for {job}",
        "Missing for “{step}”: {missing}. Until it is there the client’s silence does not release {amount}.",
    ),
    What.RELEASE_WARNING: (
        CLIENT, "Decide on “{step}” of {job}",
        "If you say nothing, {amount} are released on {release}. Approve it, or ask for changes.{proof}",
    ),
    What.WARRANTY_ENDS: ("both", "The warranty of {job} is over", "The production site is no longer watched."),
}  # fmt: skip
"""Deadline -> (who is told, subject, words)."""
UNPROVEN = " Nothing shows yet that it is live on your domain: put the code there. That stops no time."


def _on_fallen_through(award: Award, revived: Sequence[Bid], **_: Any) -> None:
    title = award.job.title
    body = "The client had chosen another bid, and its contract did not come about. Yours stands as you placed it."
    announce(
        *(
            News(bid.freelancer_id, "outcome", f"revived:{award.id}:{bid.id}", f"Your bid on {title} stands again",
                 f"/bids/{bid.id}", body)
            for bid in revived
        )
    )  # fmt: skip


def _on_signature(contract: Contract, by: User, **_: Any) -> None:
    if has_signed(CLIENT, contract) and has_signed(FREELANCER, contract):
        return  # that both have is told at once
    body = "Read it and sign it, and it is in force."
    _tell(contract, [other_side(by.id, contract)], f"signed:{by.id}", f"{by.name} signed the contract for {{}}", body)


def _on_beginning(contract: Contract, **_: Any) -> None:
    body = "Pay for the first milestone now. Its page has a code for your domain: put it there before the work is live."
    _tell(contract, [contract.client_id], "began", "The contract for {} is in force", body)
    body = "You are told when the money for the first milestone is held; begin then."
    _tell(contract, [contract.freelancer_id], "began", "The contract for {} is in force", body)


def _on_proposal(version: ContractVersion, **_: Any) -> None:
    contract, by = _parties(version)
    what = "to end the contract for" if version.kind == ProposalKind.CANCELLATION else "other terms for"
    subject = f"{by.name} proposes {what} {{}}"
    _tell(contract, [other_side(by.id, contract)], f"proposed:{version.id}", subject, version.reason)


def _on_decision(version: ContractVersion, **_: Any) -> None:
    contract, by = _parties(version)
    subject = f"Your proposal for {{}} was {'agreed to' if version.state == ProposalState.AGREED else 'declined'}"
    _tell(contract, [by.id], f"decided:{version.id}", subject)


def _on_payment(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    body = f"{_amount(milestone)} for “{milestone.title}” are held. Begin now."
    _tell(contract, [contract.freelancer_id], f"funded:{milestone.id}", "{} is paid for: begin", body)


def _on_submission(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    key = f"submitted:{milestone.id}:{_stamp(milestone.submitted_at)}"
    subject = f"“{milestone.title}” of {{}} is handed in"
    _tell(contract, [contract.client_id], key, subject, milestone.submission)


def _on_wishes(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    key = f"changes:{milestone.id}:{_stamp(milestone.submitted_at)}"
    _tell(contract, [contract.freelancer_id], key, f"Changes to “{milestone.title}” of {{}}", milestone.changes)


def _on_release(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    silent = milestone.state == MilestoneState.AUTO_RELEASED
    why = "The client said nothing in time." if silent else "The client approved it."
    body = f"{_amount(milestone)} for “{milestone.title}”. {why}"
    people = [contract.freelancer_id, contract.client_id] if silent else [contract.freelancer_id]
    _tell(contract, people, f"released:{milestone.id}", "Money for {} is released", body)


def _on_refund(milestone: Milestone, **_: Any) -> None:
    body = f"{_amount(milestone)} for “{milestone.title}” go back to the client."
    _tell(milestone.contract, _both(milestone.contract), f"refunded:{milestone.id}", "Money for {} goes back", body)


def _on_live(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    key, body = f"live:{milestone.id}:{_stamp(milestone.submitted_at)}", promise_measured(contract, milestone)
    _tell(contract, _both(contract), key, "{} is verified live", body)


def _on_pause(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    key = f"paused:{milestone.id}:{_stamp(contract.updated_at)}"
    _tell(contract, _both(contract), key, "Release by silence is paused for {}", pause_words(milestone))


def _on_handover(contract: Contract, by: User, what: str, **_: Any) -> None:
    key = f"handed over:{_stamp(contract.updated_at)}"
    _tell(contract, [other_side(by.id, contract)], key, f"{by.name} handed something over for {{}}", what)


def _on_deadline(deadline: Deadline, contract: Contract, milestone: Milestone | None = None, **_: Any) -> None:
    who, subject, body = REMINDERS[deadline.what]
    words = {
        "job": contract.title,
        "step": milestone.title if milestone else "",
        "amount": _amount(milestone) if milestone else "",
        "day": f"{milestone.due_on:%d %B %Y}" if milestone and milestone.due_on else "",
        "missing": milestone.pause_evidence if milestone else "",
        "proof": "" if milestone is None or is_domain_settled(milestone) else UNPROVEN,
        "release": _moment(milestone.auto_release_at) if milestone else "",
    }
    path, key = f"/contracts/{contract.id}", f"deadline:{deadline.id}"
    announce(
        *(
            News(person, "reminder", f"{key}:{person}", subject.format(**words), path, body.format(**words))
            for person in _reminded(who, contract)
        )
    )


def _on_completion(contract: Contract, **_: Any) -> None:
    body = "All milestones are settled. The contract’s page keeps what was handed over."
    _tell(contract, _both(contract), "completed", "{} is completed", body)


def _on_cancellation(contract: Contract, **_: Any) -> None:
    told = [person for person in _both(contract) if person != contract.ended_by]
    _tell(contract, told, "cancelled", "The contract for {} has ended", contract.end_reason)


def _tell(contract: Contract, people: Iterable[int], key: str, subject: str, body: str = "") -> None:
    """One thing for some of the two sides, once; "{}" in the subject is the job's title."""
    path = f"/contracts/{contract.id}"
    announce(
        *(
            News(person, "contract", f"contract:{contract.id}:{key}:{person}", subject.replace("{}", contract.title),
                 path, body)
            for person in people
        )
    )  # fmt: skip


def _reminded(who: str, contract: Contract) -> list[int]:
    sides = {CLIENT: contract.client_id, FREELANCER: contract.freelancer_id}
    if who == "unsigned":
        return [person for side, person in sides.items() if not has_signed(side, contract)]
    return [sides[who]] if who in sides else _both(contract)


def _parties(version: ContractVersion) -> tuple[Contract, User]:
    return db.session.get_one(Contract, version.contract_id), db.session.get_one(User, version.proposed_by)


def _both(contract: Contract) -> list[int]:
    return [contract.client_id, contract.freelancer_id]


def _amount(milestone: Milestone) -> str:
    return display(milestone.amount, milestone.contract.currency)


def _stamp(moment: datetime | None) -> str:
    return f"{moment:%Y%m%dT%H%M%S%f}" if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC" if moment else ""


LISTENERS: Listeners = (
    (events.award_withdrawn, _on_fallen_through),
    (events.contract_signed, _on_signature),
    (events.contract_began, _on_beginning),
    (events.terms_proposed, _on_proposal),
    (events.terms_decided, _on_decision),
    (events.milestone_funded, _on_payment),
    (events.milestone_submitted, _on_submission),
    (events.changes_requested, _on_wishes),
    (events.milestone_released, _on_release),
    (events.milestone_refunded, _on_refund),
    (events.went_live, _on_live),
    (events.release_paused, _on_pause),
    (events.handed_over, _on_handover),
    (events.deadline_near, _on_deadline),
    (events.contract_completed, _on_completion),
    (events.contract_cancelled, _on_cancellation),
)
