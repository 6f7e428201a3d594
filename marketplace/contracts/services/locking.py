"""Row locks for decisions on contracts."""

from __future__ import annotations

from marketplace.contracts.models import Contract
from marketplace.core.database import db


def lock_contract(contract: Contract) -> Contract:
    """Lock and reload the contract and its milestones, until the transaction ends.

    To avoid deadlocks, every transaction locks in this order: contract, job, bid, prototype, deadline, money holds.
    """
    db.session.flush()
    db.session.refresh(contract, with_for_update={"key_share": True, "of": Contract})
    for milestone in contract.milestones:
        db.session.expire(milestone)
    db.session.expire(contract, ["milestones"])
    return contract
