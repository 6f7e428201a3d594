"""Answers that return no report to the queue: the admin's choices for each, and the decision."""

from __future__ import annotations

from datetime import datetime

from marketplace.accounts.models import User
from marketplace.core.errors import Invalid
from marketplace.moderation.flags import flag_of, rule_of, settle_flag
from marketplace.moderation.models import ModerationAct
from marketplace.moderation.noting import note_act, refuse_names
from marketplace.moderation.pairs import know
from marketplace.moderation.policy import is_appeal
from marketplace.moderation.services import act_on, acts_on
from marketplace.moderation.states import FlagState
from marketplace.moderation.subjects import Subject, subject_of
from marketplace.moderation.wording import Why

LINKED = "appeal"
"""Kind of the acts on whether two accounts are one person's; they refer to a flag."""


def subject_answered(act: ModerationAct) -> Subject | None:
    """What the answered act was about; None for linked accounts."""
    return None if act.subject_kind == LINKED else subject_of(act.subject_kind, act.subject_id)


def choices_for(act: ModerationAct) -> dict[str, str]:
    """What an admin can do about an answer, with the wording."""
    subject = subject_answered(act)
    if subject is None:
        return {"uphold": "They stay linked", "grant": "They are two people: mark them as known and fine"}
    return acts_on(subject, suspended=act.affected.is_suspended, appealed=is_appeal(act))


def rule_for(act: ModerationAct) -> str:
    """The rule that an answer is about, if known."""
    return rule_of(flag_of(act.subject_id)) if act.subject_kind == LINKED else "other"


def decide_appeal(admin: User, act: ModerationAct, choice: str, why: Why, now: datetime) -> None:
    """Decide on an answer; a decision on an appeal is final.

    Raises NotAllowed when the act was the admin's own or concerns them, Conflict when another admin was faster, Invalid
    for names in the sentence for the public log.
    """
    refuse_names(why, act.affected, admin)
    subject = subject_answered(act)
    if subject:
        act_on(admin, subject, choice, why, now, decides=act)
        return
    flag = flag_of(act.subject_id)
    if choice not in choices_for(act) or not (flag.person_id and flag.other_id):
        raise Invalid("act", "Choose what you will do.")
    before, state = {"state": flag.state}, FlagState.FINE if choice == "grant" else FlagState.ACTED
    note_act(admin, LINKED, flag.id, act.affected_id, choice, why, before, {"state": state}, now, decides=act)
    if choice == "grant":
        know(admin, flag.person_id, flag.other_id, why.reason, now)
    settle_flag(admin, flag, state, why.reason, now)
