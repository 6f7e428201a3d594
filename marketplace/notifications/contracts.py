"""News from contract events, for its two sides, and for bidders whose bids stand again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.accounts.models import User
from marketplace.bids.models import Bid
from marketplace.contracts.models import Award, Contract, ContractVersion, Deadline, Milestone
from marketplace.contracts.owed import is_domain_settled
from marketplace.contracts.policy import has_signed, other_side
from marketplace.contracts.schedule import What
from marketplace.contracts.states import CLIENT, FREELANCER, MilestoneState
from marketplace.contracts.wording import pause_words, promise_measured
from marketplace.core import events
from marketplace.core.database import db
from marketplace.core.money import display
from marketplace.core.rooms import Listeners
from marketplace.notifications.telling import announce, news, stamp

REMINDED = {
    What.SIGN_REMINDER: "unsigned",
    What.FUND_REMINDER: CLIENT,
    What.DUE_REMINDER: FREELANCER,
    What.OVERDUE: "both",
    What.GO_LIVE_PROMISE: "both",
    What.HANDOVER_REMINDER: FREELANCER,
    What.RELEASE_WARNING: CLIENT,
    What.WARRANTY_ENDS: "both",
}
"""Deadline -> recipients, with the wording in that block of reminder.txt."""


def _on_fallen_through(award: Award, revived: Sequence[Bid], **_: Any) -> None:
    key, title = f"revived:{award.id}", award.job.title
    announce(
        *(
            news(bid.freelancer_id, "outcome", "stands_again", f"{key}:{bid.id}", "bids.show",
                 at={"bid_id": bid.id}, title=title)
            for bid in revived
        )
    )  # fmt: skip


def _on_signature(contract: Contract, by: User, **_: Any) -> None:
    if has_signed(CLIENT, contract) and has_signed(FREELANCER, contract):
        return  # signing by both has its own news
    _tell(contract, [other_side(by.id, contract)], "signed", f"signed:{by.id}", by=by)


def _on_beginning(contract: Contract, **_: Any) -> None:
    _tell(contract, [contract.client_id], "began_for_client", "began")
    _tell(contract, [contract.freelancer_id], "began_for_freelancer", "began")


def _on_proposal(version: ContractVersion, **_: Any) -> None:
    contract, by = _parties(version)
    people = [other_side(by.id, contract)]
    _tell(contract, people, "proposed", f"proposed:{version.id}", by=by, version=version)


def _on_decision(version: ContractVersion, **_: Any) -> None:
    contract, by = _parties(version)
    _tell(contract, [by.id], "decided", f"decided:{version.id}", version=version)


def _on_payment(milestone: Milestone, **_: Any) -> None:
    _tell_of(milestone, [milestone.contract.freelancer_id], "funded", f"funded:{milestone.id}")


def _on_submission(milestone: Milestone, **_: Any) -> None:
    _tell_of(milestone, [milestone.contract.client_id], "submitted", f"submitted:{_handed_in(milestone)}")


def _on_wishes(milestone: Milestone, **_: Any) -> None:
    _tell_of(milestone, [milestone.contract.freelancer_id], "changes", f"changes:{_handed_in(milestone)}")


def _on_release(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    silent = milestone.state == MilestoneState.AUTO_RELEASED
    people = [contract.freelancer_id, contract.client_id] if silent else [contract.freelancer_id]
    _tell_of(milestone, people, "released", f"released:{milestone.id}")


def _on_refund(milestone: Milestone, **_: Any) -> None:
    _tell_of(milestone, _both(milestone.contract), "refunded", f"refunded:{milestone.id}")


def _on_live(milestone: Milestone, **_: Any) -> None:
    contract, key = milestone.contract, f"live:{_handed_in(milestone)}"
    _tell_of(milestone, _both(contract), "live", key, measured=promise_measured(contract, milestone))


def _on_pause(milestone: Milestone, **_: Any) -> None:
    contract = milestone.contract
    key = f"paused:{milestone.id}:{stamp(contract.updated_at)}"
    _tell_of(milestone, _both(contract), "paused", key, why=pause_words(milestone))


def _on_handover(contract: Contract, by: User, what: str, **_: Any) -> None:
    key = f"handed over:{stamp(contract.updated_at)}"
    _tell(contract, [other_side(by.id, contract)], "handed_over", key, by=by, what=what)


def _on_deadline(deadline: Deadline, contract: Contract, milestone: Milestone | None = None, **_: Any) -> None:
    facts = {
        "job": contract.title,
        "milestone": milestone,
        "amount": _amount(milestone) if milestone else "",
        "is_proven": milestone is None or is_domain_settled(milestone),
    }
    what, at = What(deadline.what), {"contract_id": contract.id}
    announce(
        *(
            news(person, "reminder", what, f"deadline:{deadline.id}:{person}", "contracts.show", at=at, **facts)
            for person in _reminded(REMINDED[what], contract)
        )
    )


def _on_completion(contract: Contract, **_: Any) -> None:
    _tell(contract, _both(contract), "completed", "completed")


def _on_cancellation(contract: Contract, **_: Any) -> None:
    told = [person for person in _both(contract) if person != contract.ended_by]
    _tell(contract, told, "cancelled", "cancelled", contract=contract)


def _tell_of(milestone: Milestone, people: Iterable[int], what: str, key: str, **facts: Any) -> None:
    _tell(milestone.contract, people, what, key, milestone=milestone, amount=_amount(milestone), **facts)


def _tell(contract_: Contract, people: Iterable[int], what: str, key: str, /, **facts: Any) -> None:
    """Tell some of the two sides one thing, once."""
    whole, at = f"contract:{contract_.id}:{key}", {"contract_id": contract_.id}
    announce(
        *(
            news(person, "contract", what, f"{whole}:{person}", "contracts.show", at=at, job=contract_.title, **facts)
            for person in people
        )
    )


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


def _handed_in(milestone: Milestone) -> str:
    return f"{milestone.id}:{stamp(milestone.submitted_at)}"


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
