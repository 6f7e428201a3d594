"""The refusal of a page that is older than its contract, with the way to where it stands."""

from __future__ import annotations

from marketplace.contracts.models import Contract
from marketplace.core.errors import Conflict


def gone_on(contract: Contract, what: str) -> Conflict:
    """The refusal of an act for which the contract has moved on; `what` is a sentence on what can't be done."""
    link = (f"/contracts/{contract.id}", "Go to the contract")
    return Conflict(f"{what} The contract’s page shows where it stands.", link)
