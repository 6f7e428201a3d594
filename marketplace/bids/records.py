"""Freelancers' track record for ranking, supplied at start-up by a provider from a higher room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flask import current_app

from marketplace.ranking.facts import ContractFacts, PromiseFacts, ReviewFacts

PROVIDER = "records of freelancers"
"""Key in app.extensions of the PastsOf provider; without one everybody is a newcomer."""


@dataclass(frozen=True, slots=True)
class Record:
    """A freelancer's track record, weighted by age."""

    reviews: ReviewFacts
    promises: PromiseFacts
    contracts: ContractFacts


class Past(Protocol):
    """A freelancer's full history, from which the record at any moment is computed."""

    def at(self, moment: datetime) -> Record:
        """Record at `moment`: later reviews and contracts are ignored, older ones weigh less."""
        ...


class Newcomer:
    """Past of a person without history."""

    def at(self, moment: datetime) -> Record:
        return NEWCOMER


NEWCOMER = Record(ReviewFacts(), PromiseFacts(), ContractFacts())


PastsOf = Callable[[Sequence[int]], Mapping[int, Past]]
"""Maps user ids to their pasts, in a fixed number of queries."""


def pasts_of(user_ids: Sequence[int]) -> Mapping[int, Past]:
    """Past of each of these people; a newcomer's for those without history."""
    provider = cast("PastsOf | None", current_app.extensions.get(PROVIDER))
    known: Mapping[int, Past] = provider(user_ids) if provider and user_ids else {}
    return {user_id: known.get(user_id, _NEWCOMER) for user_id in user_ids}


_NEWCOMER = Newcomer()
