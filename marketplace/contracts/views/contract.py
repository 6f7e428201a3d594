"""Views of one's contract list, and of signing and withdrawing an offer."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.contracts import policy, queries
from marketplace.contracts.forms import SignForm, WithdrawalForm
from marketplace.contracts.models import Contract
from marketplace.contracts.next_step import next_step
from marketplace.contracts.services import offering
from marketplace.contracts.states import CLIENT
from marketplace.contracts.views.blueprint import bp, own_contract, path_of
from marketplace.contracts.views.showing import terms_in_words
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.request import actor, now


@bp.get("/contracts")
@signed_in
def mine() -> str:
    """List the person's contracts by tab."""
    counts, tab = queries.tab_counts(actor()), request.args.get("show", "")
    if tab not in queries.TABS:
        tab = next((name for name in queries.TABS if counts[name]), "running")
    page = queries.contracts_of(actor(), tab, request.args.get("after"))
    proposals = queries.open_proposals([one.id for one in page.rows])
    steps = {one.id: next_step(one, proposals.get(one.id)) for one in page.rows}
    return render_template(
        "contracts/mine.html", page=page, tab=tab, tabs=queries.TABS, counts=counts, steps=steps, side_of=_side
    )


@bp.route("/contracts/<int:contract_id>/sign", methods=["GET", "POST"])
@in_good_standing
def sign(contract_id: int) -> ResponseReturnValue:
    """Show all agreed terms and accept the typed name."""
    contract, form = own_contract(contract_id), SignForm()
    refusal = policy.why_not_sign(actor(), contract)
    try:
        return form_page(form, lambda: _sign(contract, form), lambda: _sign_page(contract, form), refusal=refusal)
    except offering.TermsChanged as change:
        flash(str(change), "warning")
        return _sign_page(own_contract(contract_id), SignForm(formdata=None)), 409


@bp.route("/contracts/<int:contract_id>/withdraw", methods=["GET", "POST"])
@in_good_standing
def withdraw(contract_id: int) -> ResponseReturnValue:
    """Ask for a reason, then end an offer not signed by both."""
    contract, form = own_contract(contract_id), WithdrawalForm()
    refusal = policy.why_not_withdraw(actor(), contract)

    def page() -> str:
        side = policy.side_of(actor(), contract)
        return render_template("contracts/withdraw.html", contract=contract, form=form, side=side)

    return form_page(form, lambda: _withdraw(contract, form), page, refusal=refusal)


def _side(contract: Contract) -> str | None:
    return policy.side_of(actor(), contract)


def _sign(contract: Contract, form: SignForm) -> str:
    offering.sign(actor(), contract, form.name.data or "", form.seen_version(), now())
    words = "Both have signed: the contract is in force." if contract.is_signed else "You have signed."
    flash(words, "success")
    return path_of(contract)


def _withdraw(contract: Contract, form: WithdrawalForm) -> str:
    offering.withdraw_offer(actor(), contract, form.reason.data or "", now())
    flash("The offer is withdrawn. The other side is told why, and the job is to be decided again.", "success")
    if policy.side_of(actor(), contract) == CLIENT:
        return url_for("bids.ranked", slug=contract.award.job.slug)
    return path_of(contract)


def _sign_page(contract: Contract, form: SignForm) -> str:
    if not form.version.data:
        form.version.data = str(contract.version)
    return render_template("contracts/sign.html", contract=contract, form=form, words=terms_in_words(contract))
