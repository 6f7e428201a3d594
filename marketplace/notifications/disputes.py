"""News from a dispute's steps, for its two sides, and from a match, for the bidder whose work it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from marketplace.accounts.models import User
from marketplace.core import events
from marketplace.core.rooms import Listeners
from marketplace.disputes.models import Dispute
from marketplace.disputes.services.settling import money_words
from marketplace.disputes.states import SplitState
from marketplace.notifications.telling import announce, news
from marketplace.watches.models import WorkMatch


def _on_step(dispute: Dispute, what: str, by: User | None, **_: Any) -> None:
    """Tell both sides except the one who acted."""
    contract = dispute.milestone.contract
    key, at = f"dispute:{dispute.id}:{what}:{_count(dispute, what)}", {"dispute_id": dispute.id}
    facts = {
        "dispute": dispute,
        "by": by,
        "job": contract.title,
        "words": dispute.statements[-1].words if dispute.statements else "",
        "split": partial(money_words, milestone=dispute.milestone),
    }
    announce(
        *(
            news(person, "dispute", what, f"{key}:{person}", "disputes.show", at=at, **facts)
            for person in (contract.client_id, contract.freelancer_id)
            if by is None or person != by.id
        )
    )


def _count(dispute: Dispute, what: str) -> int:
    """Number of this kind of step, to tell repeated ones apart."""
    many = {"said": dispute.statements, "brought": dispute.files, "proposed": dispute.proposals,
            "declined": [one for one in dispute.proposals if one.state == SplitState.DECLINED]}  # fmt: skip
    return len(many.get(what, []))


def _on_reuse(match: WorkMatch, **_: Any) -> None:
    bid = match.watch.bid
    key, at = f"reused:{match.id}", {"bid_id": bid.id}
    announce(news(bid.freelancer_id, "prototype", "reused", key, "bids.show", at=at, bid=bid))


LISTENERS: Listeners = (
    (events.dispute_changed, _on_step),
    (events.work_reused, _on_reuse),
)
