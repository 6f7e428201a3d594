"""What bids do when a lower room reports: rank again after a check, follow a changed spec, end with the job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import lapse_bids
from marketplace.bids.services.links import follow_link
from marketplace.bids.services.originality import explain_again, explain_resemblance
from marketplace.bids.services.rescoring import ask_after_checks, ask_for_rescore
from marketplace.bids.states import LIVE, BidState
from marketplace.core.database import db
from marketplace.core.events import (
    bid_changed,
    bid_submitted,
    job_edited,
    job_ended,
    prototype_examined,
    prototype_resembles,
    prototypes_checked,
)
from marketplace.jobs.models import Job, JobEdit
from marketplace.jobs.states import JobState
from marketplace.prototypes.models import Prototype, Resemblance
from marketplace.prototypes.recording import Standing


def connect_listeners() -> None:
    """Connect once at the start; doing it again changes nothing."""
    prototypes_checked.connect(rank_again)
    prototype_examined.connect(rank_examined)
    prototype_resembles.connect(explain)
    bid_submitted.connect(follow_credits)
    bid_changed.connect(follow_credits)
    job_edited.connect(follow_spec)
    job_ended.connect(end_with_job)


def rank_again(prototypes: Sequence[Prototype | Standing], **_: Any) -> None:
    """Verdicts move the rank, until the job is decided."""
    if moments := [prototype.checked_at for prototype in prototypes if prototype.checked_at]:
        ask_after_checks([prototype.id for prototype in prototypes], max(moments))


def rank_examined(prototype: Prototype, **_: Any) -> None:
    """So does what the browser saw."""
    rank_again([prototype])


def explain(resemblance: Resemblance, **_: Any) -> None:
    """A likeness with a known reason needs no human."""
    explain_resemblance(resemblance)


def follow_credits(bid: Bid, change: str = "edited", **_: Any) -> None:
    """What is credited only now may explain a likeness that was noticed before."""
    if change == "edited":
        explain_again(bid)


def follow_spec(job: Job, edit: JobEdit, **_: Any) -> None:
    """Prototypes are tried against the requirements as they are now."""
    bids = select(Bid).where(
        Bid.job_id == job.id, Bid.state.in_(LIVE | {BidState.DRAFT}), Bid.prototype_id.is_not(None)
    )
    for bid in db.session.scalars(bids.order_by(Bid.prototype_id)).all():
        follow_link(bid, edit.edited_at)
    ask_for_rescore(job.id, edit.edited_at)


def end_with_job(job: Job, **_: Any) -> None:
    """Bids on a job that ends without a winner lapse; a job that is only closed keeps them."""
    if job.state in (JobState.CANCELLED, JobState.EXPIRED):
        lapse_bids(job)
