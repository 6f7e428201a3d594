"""Jobs and bids of every kind, for property tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from marketplace.ranking.facts import BidFacts, JobFacts, PrototypeFacts, ReviewFacts

START = datetime(2026, 1, 1, tzinfo=UTC)
REQUIREMENTS = 12

jobs = st.builds(
    lambda low, width, count: JobFacts(
        budget_min=low, budget_max=low + width, currency="EUR", requirements=count, id="j"
    ),
    st.integers(0, 10**7), st.integers(0, 10**7), st.sampled_from([0, 1, REQUIREMENTS]),
)  # fmt: skip
shares = st.floats(0, 1, allow_nan=False)
reviews = st.integers(0, 60).flatmap(
    lambda total: st.builds(ReviewFacts, positive=st.integers(0, total), total=st.just(total))
)


def prototypes(requirements: int) -> st.SearchStrategy[PrototypeFacts | None]:
    """None, or a prototype in any state with any findings that fit the job."""
    states = st.sampled_from(
        ["queued", "checking", "live", "broken", "dead", "refused", "unknown", "flagged", "cleared", "rejected"]
    )
    findings = st.integers(0, requirements).flatmap(
        lambda measured: st.tuples(st.integers(0, measured), st.just(measured))
    )
    some = st.builds(
        lambda state, found, polish: PrototypeFacts(state=state, met=found[0], measured=found[1], polish=polish),
        states, findings, st.none() | shares,
    )  # fmt: skip
    return st.none() | some


def bids(requirements: int, bid_id: str = "a") -> st.SearchStrategy[BidFacts]:
    """Any bid that fits a job with so many requirements."""
    return st.builds(
        lambda price, match, record, prototype, seconds: BidFacts(
            id=bid_id, price=price, match=match, reviews=record, prototype=prototype,
            submitted_at=START + timedelta(seconds=seconds),
        ),
        st.integers(0, 10**8), shares, reviews, prototypes(requirements), st.integers(0, 3),
    )  # fmt: skip


@st.composite
def contests(draw: st.DrawFn, most: int = 6) -> tuple[JobFacts, list[BidFacts]]:
    """A job with some bids."""
    job = draw(jobs)
    count = draw(st.integers(1, most))
    return job, [draw(bids(job.requirements, f"bid-{number}")) for number in range(count)]
