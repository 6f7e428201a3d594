"""The facts that a rank is computed from, validated strictly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)


def _moment(value: object) -> datetime:
    """Accept ISO 8601 text only; a bare number of seconds is unreadable for people."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value
    raise ValueError("should be a date and time such as 2026-01-02T03:04:05Z")


def _in_thousandths(value: float) -> float:
    """Refuse finer counts, whose binary rounding would leak into exact points."""
    if round(value, 3) != value:
        raise ValueError("should have three decimals at most")
    return value


Count = Annotated[int, Field(ge=0, le=10**6, strict=True)]
Minor = Annotated[int, Field(ge=0, le=10**13, strict=True)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]
Weighed = Annotated[float, Field(ge=0, le=10**6, allow_inf_nan=False, strict=True), AfterValidator(_in_thousandths)]
"""A count of things that weigh less with age, in thousandths of a whole one."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


class RankedState(StrEnum):
    """What is known of a bid's link."""

    QUEUED = "queued"
    CHECKING = "checking"
    LIVE = "live"
    BROKEN = "broken"
    DEAD = "dead"
    """Broken for long enough that it costs points."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FLAGGED = "flagged"
    CLEARED = "cleared"
    REJECTED = "rejected"


_Read = TypeVar("_Read", bound="RankFacts")
SHOWN_PROBLEMS = 3


class FactsError(ValueError):
    """The facts can't be read; the message, one line, names the wrong fields and what is wrong with each."""


class Facts(BaseModel):
    """Base model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class JobFacts(Facts):
    """The job's side: budget in minor units of `currency` (0: not given), and how many requirements can be checked."""

    budget_min: Minor = 0
    budget_max: Minor = 0
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    requirements: Count = 0
    id: str = ""
    """Breaks exact ties, so that they don't always fall the same way across jobs."""

    @model_validator(mode="after")
    def _budget_is_a_range(self) -> JobFacts:
        if self.budget_min > self.budget_max:
            raise ValueError("budget_min is above budget_max")
        return self


class ReviewFacts(Facts):
    """How many of the bidder's reviews were positive."""

    positive: Weighed = 0
    total: Weighed = 0

    @model_validator(mode="after")
    def _no_more_than_all(self) -> ReviewFacts:
        if self.positive > self.total:
            raise ValueError("positive is above total")
        return self


class PromiseFacts(Facts):
    """How many of the bidder's promises of delivery and going live were kept."""

    kept: Weighed = 0
    total: Weighed = 0

    @model_validator(mode="after")
    def _no_more_than_all(self) -> PromiseFacts:
        if self.kept > self.total:
            raise ValueError("kept is above total")
        return self


class ContractFacts(Facts):
    """How many of the bidder's contracts that ended were completed."""

    completed: Weighed = 0
    total: Weighed = 0

    @model_validator(mode="after")
    def _no_more_than_all(self) -> ContractFacts:
        if self.completed > self.total:
            raise ValueError("completed is above total")
        return self


class PrototypeFacts(Facts):
    """What checks found: `met` of `measured` requirements, `polish` 0..1 or None when not measured.

    `dead` is a confirmed failure; `broken` one that is not confirmed yet and counts like no prototype.
    """

    state: RankedState
    met: Count = 0
    measured: Count = 0
    polish: Share | None = None

    @model_validator(mode="after")
    def _no_more_than_measured(self) -> PrototypeFacts:
        if self.met > self.measured:
            raise ValueError("met is above measured")
        return self


class BidFacts(Facts):
    """One bid: `price` in the job's minor units, `match` 0..1; `days` carries no weight, `go_live_hours` none in v1."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    price: Minor
    days: Count | None = None
    go_live_hours: Count | None = None
    match: Share = 0.0
    submitted_at: Moment | None = None
    reviews: ReviewFacts = ReviewFacts()
    promises: PromiseFacts = PromiseFacts()
    contracts: ContractFacts = ContractFacts()
    prototype: PrototypeFacts | None = None


class RankFacts(Facts):
    """One job with its bids."""

    job: JobFacts
    bids: list[BidFacts]

    @model_validator(mode="after")
    def _belong_together(self) -> RankFacts:
        if len({bid.id for bid in self.bids}) < len(self.bids):
            raise ValueError("two bids have the same id")
        for bid in self.bids:
            if bid.prototype and bid.prototype.measured > self.job.requirements:
                raise ValueError(f"bid {bid.id}: measured is above the job's requirements")
        return self


class DecidedFacts(RankFacts):
    """A job whose client chose a bid."""

    chosen: str

    @model_validator(mode="after")
    def _chosen_is_a_bid(self) -> DecidedFacts:
        if all(bid.id != self.chosen for bid in self.bids):
            raise ValueError("chosen is none of the bids")
        return self


EARLIEST = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def read_facts(data: object) -> RankFacts:
    """Facts from parsed JSON; raises FactsError."""
    return _read(lambda: RankFacts.model_validate(data))


def read_facts_json(text: str | bytes) -> RankFacts:
    """Facts from JSON text; raises FactsError."""
    return _read(lambda: RankFacts.model_validate_json(text))


def read_decided_json(text: str | bytes) -> tuple[RankFacts, str]:
    """Facts, and the id of the bid chosen, from JSON text; raises FactsError."""
    read = _read(lambda: DecidedFacts.model_validate_json(text))
    return RankFacts.model_construct(job=read.job, bids=read.bids), read.chosen


def _read(parse: Callable[[], _Read]) -> _Read:
    try:
        return parse()
    except ValidationError as error:
        raise FactsError(_in_one_line(error)) from None


def _in_one_line(error: ValidationError) -> str:
    """The first problems as "path: what is wrong" on one line, without control characters."""
    problems = [
        f"{'.'.join(str(part) for part in problem['loc']) or 'facts'}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_url=False)
    ]
    more = len(problems) - SHOWN_PROBLEMS
    text = "; ".join(problems[:SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
    return "".join(character if character.isprintable() else "?" for character in text)
