"""What a dispute's steps mean for its two sides, and what a match means for the bidder whose work it is."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.core import events
from marketplace.core.rooms import Listeners
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.states import SplitState
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News
from marketplace.watches.models import WorkMatch

NEWS: dict[str, tuple[str, str]] = {
    "opened": ("{by} opened a dispute about {job}", "Answer by {deadline}, or an admin rules without you. {words}"),
    "said": ("{by} added to the dispute about {job}", "{words}"),
    "brought": ("{by} added a file to the dispute about {job}", ""),
    "answered": ("{by} answered in the dispute about {job}", "{words}"),
    "no_reply": ("Nobody answered in the dispute about {job}", "An admin rules on what is there."),
    "proposed": ("{by} proposes a split for {job}", "{proposal}"),
    "declined": ("{by} declined your split for {job}", "The dispute goes on."),
    "settled": ("The dispute about {job} is settled", "{money}"),
    "ruled": ("An admin ruled on {job}", "{ruling} You may appeal until {deadline}."),
    "appealed": ("{by} appealed against the ruling on {job}", "Another admin rules, and that is final. {words}"),
    "final": ("The ruling on {job} is final", "{money}"),
    "withdrawn": ("{by} withdrew the dispute about {job}", "The milestone goes on where it stood."),
    "overtaken": ("The dispute about {job} is over", "The payer’s bank took the money back."),
}
"""Step -> (subject, words)."""


def _on_step(dispute: Dispute, what: str, by: User | None, **_: Any) -> None:
    """Both sides are told but the one who did it."""
    contract = dispute.milestone.contract
    subject, body = NEWS[what]
    words = _words(dispute, by)
    path, key = f"/disputes/{dispute.id}", f"dispute:{dispute.id}:{what}:{_count(dispute, what)}"
    announce(
        *(
            News(person, "dispute", f"{key}:{person}", subject.format(**words), path, body.format(**words))
            for person in (contract.client_id, contract.freelancer_id)
            if by is None or person != by.id
        )
    )


def _count(dispute: Dispute, what: str) -> int:
    """Tells the second of a kind from the first."""
    many = {"said": dispute.statements, "brought": dispute.files, "proposed": dispute.proposals,
            "declined": [one for one in dispute.proposals if one.state == SplitState.DECLINED]}  # fmt: skip
    return len(many.get(what, []))


def _words(dispute: Dispute, by: User | None) -> dict[str, str]:
    milestone = dispute.milestone
    ruling = dispute.rulings[-1] if dispute.rulings else None
    proposal = dispute.proposals[-1] if dispute.proposals else None
    return {
        "by": by.name if by else "",
        "job": milestone.contract.title,
        "deadline": f"{dispute.deadline:%d %B %Y, %H:%M} UTC" if dispute.deadline else "",
        "words": dispute.statements[-1].words if dispute.statements else "",
        "proposal": money_words(proposal.to_freelancer, milestone) if proposal else "",
        "ruling": f"{money_words(ruling.to_freelancer, milestone)} {ruling.reasons}" if ruling else "",
        "money": money_words(dispute.to_freelancer or 0, milestone),
    }


def _on_reuse(match: WorkMatch, **_: Any) -> None:
    bid = match.watch.bid
    subject = f"The client’s site for {bid.job.title} looks like your prototype"
    body = "We have reported it to our moderators with both side by side. They ask the client before they decide."
    announce(News(bid.freelancer_id, "prototype", f"reused:{match.id}", subject, f"/bids/{bid.id}", body))


LISTENERS: Listeners = (
    (events.dispute_changed, _on_step),
    (events.work_reused, _on_reuse),
)
