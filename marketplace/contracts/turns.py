"""Contracts that wait for a person, and for what."""

from __future__ import annotations

from marketplace.accounts.models import User
from marketplace.contracts import policy
from marketplace.contracts.models import Contract
from marketplace.contracts.next_step import next_step
from marketplace.contracts.queries import open_proposals, running_of


def turns_of(person: User) -> list[tuple[Contract, str]]:
    """The person's contracts whose next step is theirs, with its description."""
    running = running_of(person)
    proposals = open_proposals([one.id for one in running])
    steps = ((one, next_step(one, proposals.get(one.id))) for one in running)
    return [(one, step.to_do) for one, step in steps if step and step.side == policy.side_of(person, one)]
