"""Event listeners of bids: re-rank after a check, follow spec and profile edits, end with the job."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bids.fits import keep_fits, keep_fits_of_bidder
from marketplace.bids.models import Bid
from marketplace.bids.services.deciding import lapse_bids
from marketplace.bids.services.links import follow_link
from marketplace.bids.services.originality import explain_again
from marketplace.bids.services.rescoring import ask_after_checks, ask_for_rescore
from marketplace.bids.states import LIVE, BidState
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.jobs.models import Job, JobEdit
from marketplace.jobs.states import JobState
from marketplace.prototypes.models import Prototype
from marketplace.prototypes.quick_check_recording import LinkState


def rank_again(prototypes: Sequence[Prototype | LinkState], **_: Any) -> None:
    """Re-rank undecided jobs when verdicts on their links arrive."""
    if moments := [prototype.checked_at for prototype in prototypes if prototype.checked_at]:
        ask_after_checks([prototype.id for prototype in prototypes], max(moments))


def rank_examined(prototype: Prototype, **_: Any) -> None:
    """Re-rank when the browser check is done."""
    rank_again([prototype])


def follow_credits(bid: Bid, change: str = "edited", **_: Any) -> None:
    """Re-evaluate resemblances after an edit: newly added credits may explain them."""
    if change == "edited":
        explain_again(bid)


def follow_spec(job: Job, edit: JobEdit, **_: Any) -> None:
    """Check prototypes against the edited requirements, recompute fits and re-rank."""
    bids = select(Bid).where(
        Bid.job_id == job.id, Bid.state.in_(LIVE | {BidState.DRAFT}), Bid.prototype_id.is_not(None)
    )
    for bid in db.session.scalars(bids.order_by(Bid.prototype_id)).all():
        follow_link(bid, edit.edited_at)
    keep_fits(Bid.job_id == job.id)
    ask_for_rescore(job.id, edit.edited_at)


def follow_profile(person: User, **_: Any) -> None:
    """Recompute fits after a profile edit, only for jobs still open for bids."""
    clock: Clock = current_app.extensions["clock"]
    now = clock.now()
    for job_id in keep_fits_of_bidder(person.id, now):
        ask_for_rescore(job_id, now)


def rank_anew(job: Job, **_: Any) -> None:
    """Re-rank a reopened job from current facts."""
    keep_fits(Bid.job_id == job.id)
    ask_for_rescore(job.id, job.updated_at)


def end_with_job(job: Job, **_: Any) -> None:
    """Lapse bids of a cancelled or expired job; a closed job keeps its bids, ranked as of closing."""
    if job.state == JobState.CLOSED:
        ask_for_rescore(job.id, job.updated_at)
    if job.state in (JobState.CANCELLED, JobState.EXPIRED):
        lapse_bids(job)
