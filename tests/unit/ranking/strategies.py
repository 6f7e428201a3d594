"""Jobs and bids of every kind, for property tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, RankedState, ReviewFacts

START = datetime(2026, 1, 1, tzinfo=UTC)
REQUIREMENTS = 12

shares = st.floats(0, 1, allow_nan=False)
prices = st.integers(0, 10**8)


@st.composite
def _jobs(draw: st.DrawFn) -> JobFacts:
    low, width = draw(st.integers(0, 10**7)), draw(st.integers(0, 10**7))
    count = draw(st.sampled_from([0, 1, REQUIREMENTS]))
    return JobFacts(id="j", budget_min=low, budget_max=low + width, currency="EUR", requirements=count)


@st.composite
def _reviews(draw: st.DrawFn) -> ReviewFacts:
    total = draw(st.integers(0, 60))
    return ReviewFacts(positive=draw(st.integers(0, total)), total=total)


jobs = _jobs()
reviews = _reviews()


@st.composite
def findings(draw: st.DrawFn, requirements: int, state: str | None = None) -> PrototypeFacts:
    """A prototype in any state (or the given one) with any findings that fit the job."""
    measured = draw(st.integers(0, requirements))
    return PrototypeFacts.model_validate(
        {
            "state": state or draw(st.sampled_from(list(RankedState))),
            "met": draw(st.integers(0, measured)),
            "measured": measured,
            "polish": draw(st.none() | shares),
        }
    )


@st.composite
def bids(draw: st.DrawFn, requirements: int, bid_id: str = "a") -> BidFacts:
    """Any bid that fits a job with so many requirements; few moments, so that some are the same."""
    return BidFacts(
        id=bid_id,
        price=draw(prices),
        match=draw(shares),
        reviews=draw(reviews),
        prototype=draw(st.none() | findings(requirements)),
        submitted_at=START + timedelta(seconds=draw(st.integers(0, 3))),
    )


@st.composite
def contests(draw: st.DrawFn, most: int = 4) -> tuple[JobFacts, list[BidFacts]]:
    """A job with some bids; some are equal but for their id, so that there are ties."""
    job = draw(jobs)
    different = [draw(bids(job.requirements, f"bid-{number}")) for number in range(draw(st.integers(1, most)))]
    twins = draw(st.integers(0, len(different)))
    return job, different + [bid.model_copy(update={"id": f"{bid.id}-twin"}) for bid in different[:twins]]
