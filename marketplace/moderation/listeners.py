"""Tells people what a moderator did to something of theirs."""

from __future__ import annotations

from typing import Any

from marketplace.core.events import moderation_acted
from marketplace.moderation.models import ModerationAct
from marketplace.notifications.listeners import announce
from marketplace.notifications.services import News

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


def _tell_affected(act: ModerationAct, **_: Any) -> None:
    subject = WORDS[act.act].format(act.subject_kind)
    announce(News(act.affected_id, "moderation", f"act:{act.id}", subject, "/account/moderation", act.reason))
