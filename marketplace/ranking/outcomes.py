"""The data that weights are fitted on; separate from fit.py, whose libraries are slow to import."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.ranking.facts import RankFacts, read_decided_json


@dataclass(frozen=True, slots=True)
class DecidedJob:
    """One decided job: the facts when it was decided, and the id of the bid that the client chose."""

    facts: RankFacts
    chosen: str


class TooFew(ValueError):
    """There are not enough decided jobs to fit on; the message says how many there are and how many it takes."""


def read_outcome(line: str | bytes) -> DecidedJob:
    """An outcome from a line of JSON: the job as `marketplace rank` reads it, plus "chosen"; raises FactsError."""
    return DecidedJob(*read_decided_json(line))
