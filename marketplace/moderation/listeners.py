"""What moderation does with news: tells people what was done to theirs, logs rulings, takes in what a watch found."""

from __future__ import annotations

from typing import Any

from marketplace.core.database import db
from marketplace.core.events import dispute_ruled, moderation_acted, work_reused
from marketplace.disputes.models import Dispute, Ruling
from marketplace.moderation.models import AuditEntry, ModerationAct
from marketplace.moderation.services import report
from marketplace.moderation.subjects import subject_of
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News
from marketplace.watches.models import WorkMatch

FOUND = "Found by comparing the client’s site with the rejected prototype, as the bidder wished."
WORDS = {
    "hide": "A moderator hid your {}",
    "restore": "Your {} is shown again",
    "warn": "A moderator warns you about your {}",
    "suspend": "Your account is suspended",
    "lift": "Your account is no longer suspended",
    "approve": "Your {} is approved",
    "send_back": "Your {} was sent back",
    "clear": "A moderator looked at your prototype and found nothing wrong",
    "reject": "A moderator found your prototype to be a copy without credit",
    "grant": "A moderator agrees that your account and another are two people’s",
    "refuse": "A moderator decided that two accounts stay linked",
    "ask": "A moderator asks you about your {}",
}


def connect_listeners() -> None:
    """Subscribe; calling it again changes nothing."""
    moderation_acted.connect(_tell_affected)
    dispute_ruled.connect(_log_ruling)
    work_reused.connect(_take_in_match)


def _tell_affected(act: ModerationAct, **_: Any) -> None:
    subject = WORDS[act.act].format(act.subject_kind)
    announce(News(act.affected_id, "moderation", f"act:{act.id}", subject, "/account/moderation", act.reason))


def _log_ruling(ruling: Ruling, dispute: Dispute, before: dict[str, Any], **_: Any) -> None:
    """A ruling is an act of an admin like any other; both sides are told by the dispute's own news."""
    after = {"state": dispute.state, "outcome": ruling.outcome, "to_freelancer": ruling.to_freelancer}
    action = "rule" if ruling.round == 1 else "rule_on_appeal"
    entry = AuditEntry(
        at=ruling.at, actor_id=ruling.admin_id, action=action, subject_kind="dispute", subject_id=dispute.id,
        reason=ruling.reasons, before=before, after=after,
    )  # fmt: skip
    db.session.add(entry)


def _take_in_match(match: WorkMatch, **_: Any) -> None:
    """The bidder reports it, by the wish that they had; a human judges, and the client is asked."""
    report(match.watch.bid.freelancer, subject_of("site", match.id), "copied", FOUND, match.at)
