"""Pure rules on which signals link two accounts (one person behind both), and how to word it.

An address alone never links: an office, a university or a mobile carrier puts hundreds of people behind one. It does
link accounts created within an hour of each other, if hardly anybody else uses it: strangers who share a carrier's
address by chance don't also sign up within the same hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

DEVICE, ADDRESS, PAYOUT = "device", "address", "payout"
KINDS = (DEVICE, ADDRESS, PAYOUT)
KEPT = timedelta(days=90)
"""Unseen signals are deleted after this time: enough for a job from its posting to its reviews."""
CLOSE = timedelta(hours=1)
"""Accounts created within this time of each other; a second account is mostly created right after the first."""
CROWD = 3
"""An address with more accounts than this is no evidence: it is an office or a school."""

WORDS = {
    DEVICE: "the same browser signed in to both",
    PAYOUT: "both are paid to the same account",
    ADDRESS: "both were made within an hour, on the same network connection",
}
"""Kind of signal -> why it links, in words for people."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A signal that two accounts share; `people` is the number of accounts that have it."""

    kind: str
    people: int = 2


Pair = tuple[int, int]
"""Two user ids, the lower one first."""


def pair_of(one: int, other: int) -> Pair:
    """Build the pair from ids in any order."""
    return (one, other) if one < other else (other, one)


def what_links(shared: Iterable[Shared], apart: timedelta) -> str | None:
    """The strongest kind of signal that links two accounts created `apart` from each other; None: not linked."""
    telling = {one.kind for one in shared if one.kind != ADDRESS or (one.people <= CROWD and abs(apart) <= CLOSE)}
    return next((kind for kind in (PAYOUT, DEVICE, ADDRESS) if kind in telling), None)


def groups_of(pairs: Iterable[Pair]) -> list[list[int]]:
    """Groups of accounts linked directly or through others; groups and list are sorted."""
    leader: dict[int, int] = {}

    def find(one: int) -> int:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    members: dict[int, list[int]] = {}
    for one in sorted(leader):
        members.setdefault(find(one), []).append(one)
    return list(members.values())


def refusal(kind: str, whose: str, act: str) -> str:
    """Why this account can't `act` because of a link to another (`whose`, such as "the client's"); who can
    change that.
    """
    return (
        f"Your account and {whose} look like one person’s ({WORDS[kind]}), and one person’s accounts can’t {act}. "
        "If you are two people who share a household or a computer, tell a moderator: a human decides."
    )


def in_words(kinds: Sequence[str]) -> str:
    """Kinds of signal as a list to read: "browser, network address"."""
    names = {DEVICE: "browser", ADDRESS: "network address", PAYOUT: "payout account"}
    return ", ".join(names[kind] for kind in KINDS if kind in kinds)
