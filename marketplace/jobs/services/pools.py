"""The participation pool of a job that requires a prototype: asked for, held before the job opens, due at its end."""

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
"""Fields of a spec that stay as they are once the pool is being paid."""


def pool_problem(job: Job) -> SpecProblem | None:
    """What keeps a job that requires a prototype from opening: its pool is not held. None when nothing does."""
    hold = job.pool.hold if job.pool else None
    if not job.requires_prototype or not job.pool_amount or (hold and hold.state == HoldState.HELD):
        return None
    if hold and hold.state == HoldState.FROZEN:
        return SpecProblem("pool", "pool", "Your bank disputes the payment of the pool: the job opens if it stands.")
    amount = display(job.pool_amount, job.currency)
    message = f"Pay {amount} into the participation pool: a job that requires a prototype opens once it is held."
    return SpecProblem("pool", "pool", message)


def is_paid_or_being(job: Job) -> bool:
    """Whether the pool's payment is begun or done, so that its amount can't change under it.

    What the client's bank took back counts as unpaid.
    """
    charge = job.pool.charge if job.pool else None
    if charge is None or charge.state != ChargeState.SUCCEEDED:
        return charge is not None and can_go_on(charge)
    return charge.hold is not None and charge.hold.state in UNRESOLVED


def without_pool_changes(job: Job, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes less those to a pool that is paid, or of a job that is published."""
    fixed = SETTLED_BY_POOL if is_paid_or_being(job) else ()
    if job.state != JobState.DRAFT:
        fixed = SETTLED_BY_POOL[:2]
    return {name: value for name, value in changes.items() if name not in fixed}


def fund_pool(actor: User, job: Job, now: datetime) -> Charge:
    """Ask the client for the pool; gives the payment to go on with, the same one while it is open.

    Raises NotAllowed for anybody else, Conflict when the job takes no pool now.
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
    """A pool was paid: it is held for its job.

    What comes for a job that has ended, or by a payment that another has replaced, goes back at once.
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
    """The job goes on after all, so its removal decides nothing about its pool; call with the job locked."""
    pool = db.session.scalar(select(Pool).where(Pool.job_id == job.id))
    if pool:
        pool.due_at = None


def settle_soon(job: Job, at: datetime) -> None:
    """The job's end decides about its pool: make it due at `at`; call with the job locked."""
    pool = db.session.scalar(select(Pool).where(Pool.job_id == job.id))
    if pool and pool.hold_id and pool.settled_at is None:
        pool.due_at = at
        doorbell.ring(doorbell.SETTLE_POOLS)
