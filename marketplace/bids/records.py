"""What the rank knows of bidders' earlier contracts, handed in by a room above at the start of the app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from marketplace.ranking.facts import ContractFacts, PromiseFacts, ReviewFacts

PROVIDER = "records of freelancers"
"""Key in the app's extensions: a RecordsOf. Without one everybody is new here."""


@dataclass(frozen=True, slots=True)
class Record:
    """A freelancer's past, weighed by age."""

    reviews: ReviewFacts
    promises: PromiseFacts
    contracts: ContractFacts


NEWCOMER = Record(ReviewFacts(), PromiseFacts(), ContractFacts())


RecordsOf = Callable[[Sequence[int], datetime], Mapping[int, Record]]
"""User ids, now -> the record of each, in a fixed number of queries."""


def records_of(user_ids: Sequence[int], now: datetime) -> Mapping[int, Record]:
    """The record of each of these people, empty for those of whom nothing is known."""
    provider = cast("RecordsOf | None", current_app.extensions.get(PROVIDER))
    known: Mapping[int, Record] = provider(user_ids, now) if provider and user_ids else {}
    return {user_id: known.get(user_id, NEWCOMER) for user_id in user_ids}
