"""One contract, with its disputes and reviews."""

from __future__ import annotations

from flask import render_template

from marketplace.contracts import policy, queries
from marketplace.contracts.next_step import next_step
from marketplace.contracts.states import ContractState
from marketplace.contracts.views.blueprint import bp as contracts
from marketplace.contracts.views.blueprint import seen_contract
from marketplace.contracts.views.showing import live_panel, terms_in_words
from marketplace.disputes.queries import disputes_of
from marketplace.reviews.panel import panel_of
from marketplace.web.access import signed_in
from marketplace.web.request import actor, now


@contracts.get("/contracts/<int:contract_id>")
@signed_in
def show(contract_id: int) -> str:
    """The contract: whose turn it is, milestones, releases, handover, terms, history."""
    contract = seen_contract(contract_id)
    proposal, person = queries.open_proposal(contract.id), actor()
    return render_template(
        "pages/contract.html",
        contract=contract,
        job=contract.award.job,
        side=policy.side_of(person, contract),
        person=person,
        step=next_step(contract, proposal),
        proposal=proposal,
        panels=[live_panel(one, now()) for one in contract.standing if one.production_id],
        versions=queries.versions_of(contract.id),
        events=queries.timeline_of(contract.id),
        deadlines=queries.deadlines_ahead(contract.id),
        items=queries.handover_of(contract.id),
        secrets=queries.secrets_of(contract.id),
        policy=policy,
        words=terms_in_words(contract),
        disputes=disputes_of(contract.id) if contract.is_signed else [],
        reviews=panel_of(contract, person, now()) if contract.state == ContractState.COMPLETED else None,
    )
