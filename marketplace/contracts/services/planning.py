"""Sync a contract's deadline rows with its schedule."""

from __future__ import annotations

from sqlalchemy import select

from marketplace.contracts.models import Contract, Deadline
from marketplace.contracts.schedule import ASKED, Planned, deadlines_of
from marketplace.core.claims import end_claim
from marketplace.core.database import db


def plan(contract: Contract) -> None:
    """Add missing and cancel obsolete deadlines; call with the contract locked, after any change.

    Done deadlines stay done: the same kind and time never fires twice.
    """
    db.session.flush()
    wanted = {key_of(contract.id, one): one for one in deadlines_of(contract)}
    mine = select(Deadline).where(Deadline.contract_id == contract.id, Deadline.what.not_in(ASKED))
    rows = {row.key: row for row in db.session.scalars(mine.execution_options(populate_existing=True))}
    for key, row in rows.items():
        if row.done_at is None and (row.due_at is None) == (key in wanted):
            end_claim(row, row.at if key in wanted else None)
    for key in sorted(wanted.keys() - rows.keys()):
        db.session.add(_row(contract.id, key, wanted[key]))
    db.session.flush()


def key_of(contract_id: int, planned: Planned) -> str:
    """Unique key of a deadline."""
    return f"{contract_id}:{planned.milestone_id or 0}:{planned.what}:{planned.at:%Y%m%dT%H%M%S%f}"


def _row(contract_id: int, key: str, planned: Planned) -> Deadline:
    return Deadline(
        contract_id=contract_id,
        milestone_id=planned.milestone_id,
        what=planned.what,
        at=planned.at,
        key=key,
        due_at=planned.at,
    )
