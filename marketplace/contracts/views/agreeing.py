"""Views for changing terms, or ending a contract, by mutual consent."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.contracts import policy, queries
from marketplace.contracts.forms import EndForm, TermsForm
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.owed import missing_for, titles
from marketplace.contracts.services import agreeing
from marketplace.contracts.states import CLIENT, FREELANCER, HELD, MilestoneState, ProposalState
from marketplace.contracts.terms import PlannedMilestone, Terms, from_rows, problems
from marketplace.contracts.views.blueprint import bp, own_contract, path_of, seen_contract
from marketplace.core.errors import Conflict, demand
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, once


@bp.route("/contracts/<int:contract_id>/terms", methods=["GET", "POST"])
@in_good_standing
def propose(contract_id: int) -> ResponseReturnValue:
    """Show a form with the current terms; submitting it proposes the changed ones."""
    contract = own_contract(contract_id)
    if request.method == "GET":
        demand(policy.why_not_propose(actor(), contract, queries.open_proposal(contract.id)))
        return _terms_page(contract, TermsForm.of(present_terms(contract), contract.currency))
    form = TermsForm().in_currency(contract.currency)
    if request.form.get("do") == "add":
        return _terms_page(contract, form.with_another_step())
    form.validate()
    terms = form.terms()
    if terms:
        form.blame_problems(problems(terms, now().date(), needs_steps=not _is_any_paid(contract)))
    if terms and not form.errors:
        try:
            return once(form.key.data, lambda: _propose(contract, terms, form.reason.data or ""))
        except Conflict as refusal:
            form.blame("", str(refusal))
            return _terms_page(own_contract(contract_id), form, 409)
    return _terms_page(contract, form)


@bp.route("/contracts/<int:contract_id>/end", methods=["GET", "POST"])
@in_good_standing
@password_again
def end(contract_id: int) -> ResponseReturnValue:
    """Ask for a reason and who gets the held money, then propose to end the contract."""
    contract, form = own_contract(contract_id), EndForm()
    refusal = policy.why_not_propose_end(actor(), contract, queries.open_proposal(contract.id))
    return form_page(
        form,
        lambda: _propose_end(contract, form),
        lambda: _end_page(contract, form),
        refusal=refusal,
        conflict_on="",
    )


def _end_page(contract: Contract, form: EndForm) -> str:
    held = [one for one in contract.standing if one.state in HELD]
    if not held and not form.is_sent():
        form.held_to.data = CLIENT
    return render_template("contracts/end.html", contract=contract, form=form, held=held, missing=_missing(held))


def _missing(held: Sequence[Milestone]) -> str:
    """What the client would never receive if this money went to the freelancer now."""
    return titles(list(dict.fromkeys(one for milestone in held for one in missing_for(milestone))))


@bp.get("/contracts/<int:contract_id>/proposals/<int:number>")
@signed_in
def proposal(contract_id: int, number: int) -> str:
    """Show a proposal beside the current terms, with buttons for the side whose turn it is."""
    contract = seen_contract(contract_id)
    version = queries.version_of(contract.id, number)
    held = [one for one in contract.standing if one.state in HELD]
    pays_out = version.state == ProposalState.PROPOSED and version.held_to == FREELANCER
    return render_template(
        "contracts/proposal.html",
        contract=contract,
        version=version,
        now_terms=present_terms(contract),
        then=from_rows(version.milestones),
        may_decide=not policy.why_not_decide(actor(), contract, version),
        may_take_back=not policy.why_not_take_back(actor(), contract, version),
        proposer=contract.client if version.proposed_by == contract.client_id else contract.freelancer,
        held=held,
        missing=_missing(held) if pays_out else "",
        form=ActionForm(),
    )


@bp.post("/contracts/<int:contract_id>/proposals/<int:number>/<any(agree, decline, take_back):act>")
@in_good_standing
@password_again
def decide(contract_id: int, number: int, act: str) -> ResponseReturnValue:
    """Agree, decline or take back."""
    contract, form = own_contract(contract_id), ActionForm()
    form.demand_valid()
    version = queries.version_of(contract.id, number)
    verb, words = {
        "agree": (agreeing.agree, "You agreed. It holds from now on."),
        "decline": (agreeing.decline, "You declined. What was agreed before stays."),
        "take_back": (agreeing.take_back, "Your proposal is taken back."),
    }[act]

    def carry_out() -> str:
        verb(actor(), contract, version, now())
        flash(words, "success")
        return path_of(contract)

    return once(form.key.data, carry_out)


def present_terms(contract: Contract) -> Terms:
    """The currently valid negotiable terms."""
    planned = [one for one in contract.standing if one.state == MilestoneState.PLANNED]
    steps = tuple(PlannedMilestone(one.title, one.amount, one.due_on) for one in planned)
    return Terms(steps, contract.go_live_hours, contract.amendment)


def _propose(contract: Contract, terms: Terms, reason: str) -> str:
    agreeing.propose_terms(actor(), contract, terms, reason, now())
    flash("Your proposal is with the other side. Until they agree, everything stays as it is.", "success")
    return path_of(contract)


def _propose_end(contract: Contract, form: EndForm) -> str:
    agreeing.propose_end(actor(), contract, form.held_to.data or "", form.reason.data or "", now())
    flash("Your proposal is with the other side. Until they agree, the contract goes on.", "success")
    return path_of(contract)


def _is_any_paid(contract: Contract) -> bool:
    return any(one.state != MilestoneState.PLANNED for one in contract.standing)


def _terms_page(contract: Contract, form: TermsForm, status: int | None = None) -> ResponseReturnValue:
    settled = [one for one in contract.standing if one.state != MilestoneState.PLANNED]
    page = render_template("contracts/terms.html", contract=contract, form=form, settled=settled)
    return page, status or status_of(form)
