"""The rules, each small and pure: what it detects, its threshold, and why that one. None of them punishes anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

JUMP = 5
"""Ranks gained."""
FITTED = 0.3
"""Rise of the match to the spec, 0..1."""
PRAISES, PRAISED_WITHIN = 3, timedelta(days=1)
LOW, LOW_WINS = 5, 2
FIRST_PLACES, LINKED_IN_FRONT, LINKED_ANYWHERE = 5, 2, 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as described to moderators."""

    title: str
    threshold: str
    why: str
    is_about_rank: bool = True
    """Whether it is listed among the rank's anomalies; else in the queue."""


RULES: dict[str, Rule] = {
    "linked_bids": Rule(
        "Linked accounts on one job",
        "Two linked accounts bid on one job, or one bid on the other’s job before the link was known.",
        "Several bids of one hand crowd others out, and a bid on one’s own job can be a way to move money.",
        is_about_rank=False,
    ),
    "note_burst": Rule(
        "A burst of like cover notes",
        "Within an hour near-identical notes came on 5 jobs from one account, or from 3 accounts.",
        "Nobody reads and answers a spec every 12 minutes for an hour; three strangers don’t find the same words.",
        is_about_rank=False,
    ),
    "appeal": Rule(
        "Somebody says that linked accounts are two people",
        "A person who was refused tells us so.",
        "A library, a household or a shared studio looks like one person to a machine.",
        is_about_rank=False,
    ),
    "jump": Rule(
        "A jump without a check or an edit",
        f"A bid passed {JUMP} or more others in one rescore, its own score rose, and no check, no edit of its offer, "
        "no new spec and no new weights came between.",
        "Only checks and edits move a bid that far in one go; a move of one or two places is a new review.",
    ),
    "fitted_profile": Rule(
        "A profile fitted to the spec after bidding",
        f"The match to the spec rose by {FITTED} or more between two ranks, and the spec itself had not changed.",
        "One of three skills gives 0.27: more than that in one edit is a list of skills copied from the job.",
    ),
    "praise_burst": Rule(
        "A burst of testimonials",
        f"{PRAISES} or more within a day, and at least half of all that the person has.",
        "Past customers answer over days; praise that is bought or written by oneself comes at once.",
    ),
    "low_winner": Rule(
        "The same far-placed winner again",
        f"A client chose one freelancer at least {LOW_WINS} times from below place {LOW}.",
        "Once is taste; twice with the same person may be an arrangement for which the job was only posted.",
    ),
    "linked_places": Rule(
        "One group holds several places",
        f"Linked accounts hold {LINKED_IN_FRONT} of a job’s first {FIRST_PLACES} places, or {LINKED_ANYWHERE} of all.",
        "A client who compares the first few must not compare one hand with itself.",
    ),
    "shared_address": Rule(
        "The winner and the client were seen on one network",
        "They share an address that hardly anybody else has. By itself that refuses nothing: it may be an office.",
        "A new browser hides a second account; the line at home is harder to change.",
    ),
}
"""Name -> rule, in display order."""
QUEUED = tuple(name for name, rule in RULES.items() if not rule.is_about_rank)
ANOMALIES = tuple(name for name, rule in RULES.items() if rule.is_about_rank)


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A bid that a rule found between two snapshots of its job."""

    rule: str
    bid_id: int
    sentence: str


@dataclass(frozen=True, slots=True)
class StoredRank:
    """A snapshot as these rules read it: facts and order as stored, for any version of the weights."""

    weights: str
    job: Mapping[str, Any]
    facts: Mapping[str, Mapping[str, Any]]
    scores: Mapping[str, int]
    """Bid id -> milli-points, best first."""

    @classmethod
    def of(cls, weights: str, facts: Mapping[str, Any], order: Sequence[Mapping[str, Any]]) -> StoredRank:
        """Build it from the columns of a snapshot."""
        by_id = {bid["id"]: bid for bid in facts["bids"]}
        return cls(weights, facts["job"], by_id, {one["id"]: one["score"] for one in order})


def odd_moves(before: StoredRank, after: StoredRank) -> list[RuleMatch]:
    """Jumps and fitted profiles between two snapshots; none where the spec or the weights changed for everybody."""
    common = [bid for bid in after.scores if bid in before.scores]
    if before.weights != after.weights or before.job != after.job or _spec_changed(before, after, common):
        return []
    places = {bid: place for place, bid in enumerate((bid for bid in before.scores if bid in after.scores), 1)}
    found: list[RuleMatch] = []
    for place, bid in enumerate(common, 1):
        was, now = before.facts[bid], after.facts[bid]
        if now["match"] - was["match"] >= FITTED:
            words = (
                f"After the bid was placed its match to the spec rose from {was['match']:.2f} to {now['match']:.2f}."
            )
            found.append(RuleMatch("fitted_profile", int(bid), words))
        elif places[bid] - place >= JUMP and after.scores[bid] > before.scores[bid] and not _explained(was, now):
            words = f"Rose from place {places[bid]} to {place} without a check or an edit; {_cause(was, now)}."
            found.append(RuleMatch("jump", int(bid), words))
    return found


def is_praise_burst(written: Sequence[datetime], total: int) -> bool:
    """Whether testimonials (times in rising order, `total` in all) came in a burst."""
    pairs = zip(written, written[PRAISES - 1 :], strict=False)
    return 2 * len(written) >= total and any(last - first <= PRAISED_WITHIN for first, last in pairs)


def is_arranged(winning_places: Sequence[int]) -> bool:
    """Whether a client chose a freelancer too often from a low rank, given the ranks of the winning bids."""
    return sum(place > LOW for place in winning_places) >= LOW_WINS


def holds_several(places: Sequence[int]) -> bool:
    """Whether one linked group holds too many ranks on a job."""
    return sum(place <= FIRST_PLACES for place in places) >= LINKED_IN_FRONT or len(places) >= LINKED_ANYWHERE


def _spec_changed(before: StoredRank, after: StoredRank, common: Sequence[str]) -> bool:
    """A changed spec moves everybody's match: a third of the others, and at least two, is no coincidence."""
    moved = sum(before.facts[bid]["match"] != after.facts[bid]["match"] for bid in common)
    return moved > max(1, len(common) // 3)


def _explained(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return any(was.get(name) != now.get(name) for name in ("prototype", "price", "days", "go_live_hours"))


def _cause(was: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    changed = [name for name in now if now[name] != was.get(name)]
    return f"what changed: {', '.join(changed)}" if changed else "nothing in its facts changed"
