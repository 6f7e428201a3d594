"""Moderation's listeners: notify the people affected, log rulings, and report a watch's matches."""

from __future__ import annotations

from typing import Any

from marketplace.core.database import db
from marketplace.disputes.models import Dispute, Ruling
from marketplace.moderation.models import AuditEntry, ModerationAct, Report
from marketplace.moderation.services import report
from marketplace.moderation.subjects import subject_of
from marketplace.moderation.wording import KINDS
from marketplace.notifications.telling import announce, news
from marketplace.watches.models import WorkMatch

FOUND = "Found by comparing the client’s site with the rejected prototype, as the bidder wished."
OUTCOMES = ("dismiss", "hide", "restore", "uphold")
"""Acts named to the reporter; others stay between us and the person concerned."""
RULING = "The reasons are written to both sides."


def tell_affected(act: ModerationAct, **_: Any) -> None:
    """Tell the owner what a moderator did to their thing and why."""
    facts = {"thing": KINDS[act.subject_kind], "reason": act.reason}
    announce(news(act.affected_id, "moderation", act.act, f"act:{act.id}", "moderation.answer", at={}, **facts))


def tell_reporter(made: Report, act: ModerationAct, **_: Any) -> None:
    """Tell the reporter the outcome without private parts: no reason, no measure against a person."""
    if act.act == "ask":
        return
    thanks = f"You reported a {KINDS[made.subject_kind]} on {made.created_at:%-d %B %Y}. Thank you."
    what, key = act.act if act.act in OUTCOMES else "acted", f"report:{made.id}:{act.id}"
    announce(news(made.reporter_id, "report", what, key, "moderation.log", at={}, thanks=thanks))


def log_ruling(ruling: Ruling, dispute: Dispute, before: dict[str, Any], **_: Any) -> None:
    """Log a ruling like any other act of an admin; the dispute's own news tell both sides."""
    after = {"state": dispute.state, "outcome": ruling.outcome, "to_freelancer": ruling.to_freelancer}
    action = "rule" if ruling.round == 1 else "rule_on_appeal"
    entry = AuditEntry(
        at=ruling.at, actor_id=ruling.admin_id, action=action, subject_kind="dispute", subject_id=dispute.id,
        reason=ruling.reasons, before=before, after=after, rule="dispute", public_reason=RULING,
    )  # fmt: skip
    db.session.add(entry)


def take_in_match(match: WorkMatch, **_: Any) -> None:
    """Report a match in the bidder's name, as they asked; a human judges, and the client is asked."""
    report(match.watch.bid.freelancer, subject_of("site", match.id), "copied", FOUND, match.at)
