"""The wording of moderators' acts, rules and logs on pages, for people and admins alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

REASONS = {
    "spam": "Spam or advertising",
    "copied": "Copied without credit",
    "fraud": "Fraud, or asking for money or passwords",
    "unsafe": "A link that is unsafe to open",
    "abuse": "Insults, threats or hate",
    "other": "Something else",
}
"""What a reporter may say is wrong."""
RULES = {
    "spam": "No spam, no advertising",
    "copied": "No copies without credit",
    "fraud": "No fraud, no asking for money or passwords",
    "unsafe": "No links that are unsafe to open",
    "abuse": "No insults, threats or hate",
    "other": "Something that no other rule names",
    "first_job": "First jobs of new clients are read before they open",
    "linked": "Linked accounts stay apart",
    "rank": "The rank is watched for what looks arranged",
    "weights": "Weights of the rank count once an admin consents",
    "dispute": "Disputes over held money are ruled on",
    "admins": "Admins are chosen by admins",
}
"""The rules on which acts are based, as named in logs."""
ACTS = {
    "dismiss": "Dismiss: nothing is wrong",
    "uphold": "The decision stands",
    "ask": "Ask the person for an answer first",
    "warn": "Warn the person",
    "hide": "Hide this",
    "restore": "Show this again",
    "suspend": "Suspend the person",
    "lift": "Lift the suspension",
}
"""Acts that an admin chooses from, worded as choices."""
DONE = {
    "dismiss": "Dismissed",
    "uphold": "Decision upheld",
    "ask": "Asked for an answer",
    "warn": "Warned",
    "hide": "Hidden",
    "restore": "Shown again",
    "suspend": "Account suspended",
    "lift": "Suspension lifted",
    "approve": "Approved",
    "send_back": "Sent back",
    "clear": "Cleared of copying",
    "reject": "Rejected as a copy",
    "grant": "Found to be two people",
    "refuse": "Accounts stay linked",
    "know_pair": "Known as two people",
    "unknow_pair": "No longer known as two people",
    "flag_fine": "Nothing was wrong",
    "flag_known": "Known as two people",
    "flag_keep": "Accounts stay linked",
    "flag_ask": "Bidders asked for an answer",
    "flag_warn": "Bidders warned",
    "flag_hide": "Bids hidden",
    "consent": "New weights put to use",
    "roll_back": "Earlier weights put to use",
    "rule": "Ruled",
    "rule_on_appeal": "Ruled on appeal",
    "make_admin": "Made an admin",
    "unmake_admin": "No longer an admin",
}
"""Every act, worded as done, for logs and the person affected."""
KINDS = {
    "job": "job",
    "bid": "bid",
    "profile": "profile",
    "message": "message",
    "testimonial": "testimonial",
    "review": "review",
    "reply": "reply",
    "site": "site",
    "near_copy": "near-copy",
    "flag": "flag",
    "appeal": "appeal",
    "pair": "pair of accounts",
    "dispute": "dispute",
    "weights": "weights of the rank",
    "account": "account",
}
"""What an act is about."""
FACTS = {
    "hidden": "Hidden",
    "suspended": "Suspended",
    "state": "State",
    "known": "Known as two people",
    "accounts": "Accounts",
    "weights": "Weights",
    "outcome": "Outcome",
    "to_freelancer": "To the freelancer, in minor units",
    "admin": "Admin",
}
_NO_NAMES = frozenset({"The", "And", "For"})
"""Words in studios' names that also begin sentences."""
_ADDRESS = re.compile(r"@|https?:|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons of an act: for the person affected, and for everybody."""

    reason: str
    rule: str
    public: str
    """The public reason: without names, addresses and amounts."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact changed or found by an act."""

    fact: str
    before: str
    after: str
    """Same as `before` where it did not change."""


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FactChange]:
    """The before and after of an audit entry, in words."""
    keys = dict.fromkeys([*before, *after])
    return [FactChange(FACTS[key], in_words(before.get(key)), in_words(after.get(key))) for key in keys]


def in_words(value: Any) -> str:
    """One value of the log, in words."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(str(one) for one in cast(list[object], value))
    return str(value).replace("_", " ")


def names_somebody(words: str, *names: str) -> bool:
    """Whether a public sentence contains an address, or a word of one of these people's names."""
    parts = {part for name in names for part in re.findall(r"\w{3,}", name)} - _NO_NAMES
    named = any(name in words for name in names) or not parts.isdisjoint(re.findall(r"\w+", words))
    return named or bool(_ADDRESS.search(words))
