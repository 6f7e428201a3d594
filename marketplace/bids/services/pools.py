"""Settle each participation pool once by the published rule: share it among working prototypes or return it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from marketplace.bids.gathering import prototype_facts
from marketplace.bids.models import Bid
from marketplace.bids.states import SHOWN
from marketplace.core.claims import end_claim
from marketplace.core.database import db
from marketplace.core.events import pool_settled
from marketplace.core.sweeps import Claim, Clock, Rows
from marketplace.jobs.models import Job, Pool
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.states import JobState, PoolOutcome
from marketplace.payments.amounts import step_within
from marketplace.payments.services.settlement import pay_out
from marketplace.payments.states import UNRESOLVED, HoldState
from marketplace.prototypes.models import Prototype
from marketplace.ranking.score import WORKING

AGAIN = timedelta(hours=6)
"""Delay before retrying a blocked pool."""
WAIT_FOR_MODERATORS = timedelta(days=7)
"""How long after the job's end a flagged prototype delays the pool; afterwards it counts as working."""
UNDECIDED = frozenset({JobState.CANCELLED, JobState.EXPIRED, JobState.REMOVED})
DECIDED = frozenset({JobState.AWARDED, JobState.COMPLETED})


def _settle_claimed(claim: Claim[Pool], clock: Clock) -> None:
    lock_job(db.session.get_one(Job, claim.parent_id))
    if pool := claim.lock():
        settle(pool, clock())


settle_due = Rows(Pool, _settle_claimed, parent="job_id")
"""Sweep that settles each due pool once."""


def settle(pool: Pool, now: datetime) -> None:
    """Share or return the pool depending on how its job ended; call with job and pool locked.

    After an award, or when the job never opened, everything is returned. Otherwise it is shared equally among bidders
    with a working prototype, whatever the client thinks of them, and the indivisible rest is returned. After a
    chargeback nothing is left to share.
    """
    job, hold = pool.job, pool.hold
    shared = job.state in UNDECIDED and job.published_at is not None
    if hold is None or pool.settled_at or not (shared or job.state in DECIDED | UNDECIDED):
        end_claim(pool, None)
        return
    people, waiting = _working(job) if shared else ([], False)
    if hold.state == HoldState.FROZEN or (waiting and now < job.updated_at + WAIT_FOR_MODERATORS):
        end_claim(pool, now + AGAIN)
        return
    is_gone = hold.state not in UNRESOLVED
    shares = {} if is_gone else equal_shares(hold.amount, people, step_within(hold))
    if not is_gone:
        pay_out(hold, shares, now, f"pool:{pool.id}")
    end_claim(pool, None)
    pool.settled_at, pool.outcome = now, PoolOutcome.SHARED if shares else PoolOutcome.RETURNED
    pool_settled.send(pool, shares=shares, missed=people if is_gone else [])


def equal_shares(amount: int, people: Sequence[int], step: int) -> dict[int, int]:
    """Divide equally in multiples of `step` minor units; {} when a share would be zero. The rest is the client's.

    >>> equal_shares(1_000, [1, 2, 3], 1), equal_shares(1_000, [1, 2, 3], 10), equal_shares(10, [1, 2], 10)
    ({1: 333, 2: 333, 3: 333}, {1: 330, 2: 330, 3: 330}, {})
    """
    each = amount // len(people) if people else 0
    return dict.fromkeys(people, each - each % step) if each >= step else {}


def _working(job: Job) -> tuple[list[int], bool]:
    """Bidders whose prototype works, and whether any prototype is still flagged for moderators."""
    placed = Bid.job_id == job.id, Bid.state.in_(SHOWN), Bid.submitted_at.is_not(None)
    rows = db.session.execute(select(Bid.freelancer_id, Prototype).join(Prototype).where(*placed).order_by(Bid.id))
    states = {freelancer: prototype_facts(prototype, 0).state for freelancer, prototype in rows}
    return [one for one, state in states.items() if state in WORKING], "flagged" in states.values()
