"""The participation pool of a job that requires a prototype: charged, held before the job opens, settled at its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core import doorbell
from marketplace.core.database import db
from marketplace.core.errors import Conflict, demand
from marketplace.core.money import display
from marketplace.core.upserts import insert_once
from marketplace.jobs import policy
from marketplace.jobs.models import Job, Pool
from marketplace.jobs.services.locking import lock_job
from marketplace.jobs.spec import SpecProblem
from marketplace.jobs.states import JobState, PoolOutcome
from marketplace.payments.amounts import amount_problem
from marketplace.payments.models import Charge
from marketplace.payments.services.charging import begun_for, can_go_on, start_charge
from marketplace.payments.services.settlement import refund
from marketplace.payments.states import UNRESOLVED, ChargeState, HoldState

if TYPE_CHECKING:
    from marketplace.accounts.models import User

SETTLED_BY_POOL = ("requires_prototype", "pool_amount", "currency")
"""Fields of a spec that are frozen once the pool is being paid."""


def pool_problem(job: Job) -> SpecProblem | None:
    """The problem that the pool is not held, for a job that requires a prototype; None if there is none."""
    hold = job.pool.hold if job.pool else None
    if not job.requires_prototype or not job.pool_amount or (hold and hold.state == HoldState.HELD):
        return None
    if hold and hold.state == HoldState.FROZEN:
        return SpecProblem("pool", "pool", "Your bank disputes the payment of the pool: the job opens if it stands.")
    amount = display(job.pool_amount, job.currency)
    message = f"Pay {amount} into the participation pool: a job that requires a prototype opens once it is held."
    return SpecProblem("pool", "pool", message)


def is_paid_or_being(job: Job) -> bool:
    """Whether the pool's payment is begun or done, so that its amount is fixed.

    A payment reversed by the client's bank counts as unpaid.
    """
    charge = job.pool.charge if job.pool else None
    if charge is None or charge.state != ChargeState.SUCCEEDED:
        return charge is not None and can_go_on(charge)
    return charge.hold is not None and charge.hold.state in UNRESOLVED


def without_pool_changes(job: Job, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Drop changes to a pool that is paid, or of a published job."""
    fixed = SETTLED_BY_POOL if is_paid_or_being(job) else ()
    if job.state != JobState.DRAFT:
        fixed = SETTLED_BY_POOL[:2]
    return {name: value for name, value in changes.items() if name not in fixed}


def fund_pool(actor: User, job: Job, now: datetime) -> Charge:
    """Charge the client for the pool; return the open payment if there is one.

    Raises NotAllowed for anybody else, Conflict when the job accepts no pool now.
    """
    lock_job(job)
    demand(policy.why_not_pay_pool(actor, job))
    insert_once(Pool, {"job_id": job.id, "payments_begun": 0, "outcome": PoolOutcome.NONE}, "job_id")
    pool = db.session.scalars(select(Pool).where(Pool.job_id == job.id).with_for_update()).one()
    db.session.refresh(job, ["pool"])
    if pool.charge and is_paid_or_being(job):
        return pool.charge
    if problem := amount_problem(job.pool_amount, job.currency):
        raise Conflict(f"This amount can’t be paid. {problem} Change it under budget and dates.")
    pool.payments_begun += 1
    purpose, key = f"Participation pool: {job.title}", f"pool:{job.id}:{pool.payments_begun}"
    path = f"/jobs/{job.slug}/edit"
    charge = start_charge(actor, None, job.pool_amount, job.currency, purpose, key, now, return_path=path)
    pool.charge = charge
    db.session.flush()
    return charge


def take_pool_payment(charge: Charge, now: datetime) -> None:
    """Hold a paid pool for its job.

    A payment for an ended job, or one replaced by another, is refunded at once.
    """
    job_id = begun_for(charge, "pool")
    pool = db.session.scalar(select(Pool).where(Pool.job_id == job_id)) if job_id else None
    if pool is None or charge.hold is None:
        return
    lock_job(pool.job)
    db.session.refresh(pool)
    if pool.hold_id == charge.hold.id:
        return
    wanted = (pool.charge_id, pool.job.pool_amount, pool.job.currency)
    if pool.job.state == JobState.DRAFT and wanted == (charge.id, charge.amount, charge.currency):
        pool.hold_id, pool.funded_at = charge.hold.id, now
    else:
        refund(charge.hold, now, f"pool-late:{charge.id}")


def keep_pool(job: Job) -> None:
    """Cancel the pool's settlement, since the job goes on; call with the job locked."""
    pool = db.session.scalar(select(Pool).where(Pool.job_id == job.id))
    if pool:
        pool.due_at = None


def settle_soon(job: Job, at: datetime) -> None:
    """Make the pool due for settlement at `at`, because the job ends; call with the job locked."""
    pool = db.session.scalar(select(Pool).where(Pool.job_id == job.id))
    if pool and pool.hold_id and pool.settled_at is None:
        pool.due_at = at
        doorbell.ring(doorbell.SETTLE_POOLS)
