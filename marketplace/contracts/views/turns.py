"""Lets pages of the rooms below show what this room knows: whose turn it is, and a client's record."""

from __future__ import annotations

from flask import Flask

from config.settings import Settings
from marketplace.contracts import policy
from marketplace.contracts.client_record import client_summary
from marketplace.contracts.models import Contract
from marketplace.contracts.next_step import next_step
from marketplace.contracts.queries import open_proposals, running_of
from marketplace.contracts.terms import Days
from marketplace.web.request import actor


def init_turns(app: Flask, settings: Settings) -> None:
    """Make it known to templates, with the operator's days for the help page."""
    app.add_template_global(_contract_turns, "contract_turns")
    app.add_template_global(client_summary)
    app.context_processor(lambda: {"contract_days": days_of(settings)})


def _contract_turns() -> list[tuple[Contract, str]]:
    """The person's contracts that wait for them, and for what."""
    person = actor()
    running = running_of(person)
    proposals = open_proposals([one.id for one in running])
    steps = ((one, next_step(one, proposals.get(one.id))) for one in running)
    return [(one, step.to_do) for one, step in steps if step and step.side == policy.side_of(person, one)]


def days_of(settings: Settings) -> Days:
    """The marketplace's own terms as its operator has set them."""
    return Days(settings.offer_days, settings.auto_release_days, settings.warranty_days)
