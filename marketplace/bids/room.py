"""Bids: sealed offers, their rank, comparing and deciding."""

from __future__ import annotations

from marketplace.bids import listeners
from marketplace.bids.services.originality import explain_by_bids
from marketplace.bids.services.pools import settle_due
from marketplace.bids.services.rescoring import rescore_due
from marketplace.checker.audits.audit import heading_of
from marketplace.checker.audits.control import proof_for
from marketplace.core import doorbell, events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep
from marketplace.ranking.explain import points

ROOM = Room(
    views="marketplace.bids.views",
    listeners=(
        (events.prototypes_checked, listeners.rank_again),
        (events.prototype_examined, listeners.rank_examined),
        (events.bid_submitted, listeners.follow_credits),
        (events.bid_changed, listeners.follow_credits),
        (events.job_edited, listeners.follow_spec),
        (events.job_reopened, listeners.rank_anew),
        (events.job_ended, listeners.end_with_job),
        (events.profile_changed, listeners.follow_profile),
    ),
    explainers=(explain_by_bids,),
    commands=("marketplace.bids.command:ranking",),
    template_globals={"audit_heading": heading_of, "control_proof": proof_for},
    template_filters={"points": points},
    sweeps=(
        Sweep(doorbell.RESCORE_JOBS, rescore_due, every=5, queue="ranks"),
        Sweep(doorbell.SETTLE_POOLS, settle_due, every=15, queue="deadlines"),
    ),
)
