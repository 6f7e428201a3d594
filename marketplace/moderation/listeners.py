"""What moderation does with news: tells people what was done to theirs, logs rulings, takes in what a watch found."""

from __future__ import annotations

from typing import Any

from marketplace.core.database import db
from marketplace.disputes.models import Dispute, Ruling
from marketplace.moderation.models import AuditEntry, ModerationAct, Report
from marketplace.moderation.services import report
from marketplace.moderation.subjects import subject_of
from marketplace.moderation.wording import KINDS
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
    "uphold": "The decision about your {} stands",
    "make_admin": "You are an admin now",
    "unmake_admin": "You are no longer an admin",
}
OUTCOMES = {
    "dismiss": "We found nothing against the rules in what you reported",
    "hide": "We took down what you reported",
    "restore": "What you reported is shown again",
    "uphold": "After an appeal, our decision on what you reported stands",
}
ACTED = "We acted on what you reported"
"""For acts that are between us and the person concerned."""


RULING = "The reasons are written to both sides."


def tell_affected(act: ModerationAct, **_: Any) -> None:
    """The owner of what a moderator acted on learns what was done and why."""
    subject = WORDS[act.act].format(KINDS[act.subject_kind])
    announce(News(act.affected_id, "moderation", f"act:{act.id}", subject, "/account/moderation", act.reason))


def tell_reporter(made: Report, act: ModerationAct, **_: Any) -> None:
    """The reporter learns the outcome without what is private: no reason, no measure against a person."""
    if act.act == "ask":
        return
    thing = f"You reported a {KINDS[made.subject_kind]} on {made.created_at:%-d %B %Y}. Thank you."
    subject = OUTCOMES.get(act.act, ACTED)
    announce(News(made.reporter_id, "report", f"report:{made.id}:{act.id}", subject, "/moderation-log", thing))


def log_ruling(ruling: Ruling, dispute: Dispute, before: dict[str, Any], **_: Any) -> None:
    """A ruling is an act of an admin like any other; both sides are told by the dispute's own news."""
    after = {"state": dispute.state, "outcome": ruling.outcome, "to_freelancer": ruling.to_freelancer}
    action = "rule" if ruling.round == 1 else "rule_on_appeal"
    entry = AuditEntry(
        at=ruling.at, actor_id=ruling.admin_id, action=action, subject_kind="dispute", subject_id=dispute.id,
        reason=ruling.reasons, before=before, after=after, rule="dispute", public_reason=RULING,
    )  # fmt: skip
    db.session.add(entry)


def take_in_match(match: WorkMatch, **_: Any) -> None:
    """The bidder reports it, by the wish that they had; a human judges, and the client is asked."""
    report(match.watch.bid.freelancer, subject_of("site", match.id), "copied", FOUND, match.at)
