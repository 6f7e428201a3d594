"""What the rank knows of bidders' earlier contracts, handed in by a room above at the start of the app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flask import current_app

from marketplace.ranking.facts import ContractFacts, PromiseFacts, ReviewFacts

PROVIDER = "records of freelancers"
"""Key in the app's extensions: a PastsOf. Without one everybody is new here."""


@dataclass(frozen=True, slots=True)
class Record:
    """A freelancer's past, weighed by age."""

    reviews: ReviewFacts
    promises: PromiseFacts
    contracts: ContractFacts


class Past(Protocol):
    """All that happened to a freelancer, as a record at any moment."""

    def at(self, moment: datetime) -> Record:
        """What counted then: later reviews and contracts don't, older ones weigh less."""
        ...


class Newcomer:
    """Nothing is known of this person."""

    def at(self, moment: datetime) -> Record:
        return NEWCOMER


NEWCOMER = Record(ReviewFacts(), PromiseFacts(), ContractFacts())


PastsOf = Callable[[Sequence[int]], Mapping[int, Past]]
"""User ids -> the past of each, in a fixed number of queries."""


def pasts_of(user_ids: Sequence[int]) -> Mapping[int, Past]:
    """The past of each of these people, a newcomer's for those of whom nothing is known."""
    provider = cast("PastsOf | None", current_app.extensions.get(PROVIDER))
    known: Mapping[int, Past] = provider(user_ids) if provider and user_ids else {}
    return {user_id: known.get(user_id, _NEWCOMER) for user_id in user_ids}


_NEWCOMER = Newcomer()
