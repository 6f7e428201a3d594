"""Lock a contract while something is decided about it."""

from __future__ import annotations

from marketplace.contracts.models import Contract
from marketplace.core.database import db


def lock_contract(contract: Contract) -> Contract:
    """Lock the contract, it and its milestones read anew: what is decided below stays true until the transaction ends.

    Everybody takes rows in this order, or transactions could wait for each other: contract, job, bid, prototype,
    deadline, what is held of money.
    """
    db.session.flush()
    db.session.refresh(contract, with_for_update={"key_share": True, "of": Contract})
    for milestone in contract.milestones:
        db.session.expire(milestone)
    db.session.expire(contract, ["milestones"])
    return contract
