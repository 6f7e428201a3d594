"""Lets the dashboard show in which contracts it is the person's turn."""

from __future__ import annotations

from flask import Flask

from marketplace.awards import policy
from marketplace.awards.models import Contract
from marketplace.awards.next_step import next_step
from marketplace.awards.queries import open_proposals, running_of
from marketplace.web.request import actor


def init_turns(app: Flask) -> None:
    """Make it known to templates."""
    app.add_template_global(_contract_turns, "contract_turns")


def _contract_turns() -> list[tuple[Contract, str]]:
    """The person's contracts that wait for them, and for what."""
    person = actor()
    running = running_of(person)
    proposals = open_proposals([one.id for one in running])
    steps = ((one, next_step(one, proposals.get(one.id))) for one in running)
    return [(one, step.to_do) for one, step in steps if step and step.side == policy.side_of(person, one)]
