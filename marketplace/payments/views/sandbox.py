"""The sandbox's pages in place of a real provider's; they say that no real money moves."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.payments.forms import CardForm
from marketplace.payments.models import Charge
from marketplace.payments.queries.documents import charge_for
from marketplace.payments.sandbox import acts
from marketplace.payments.sandbox.cards import CARDS
from marketplace.payments.sandbox.models import SandboxAccount, SandboxPayment
from marketplace.payments.services.transfers import payout_account
from marketplace.payments.setup import payments
from marketplace.payments.views.blueprint import bp
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import ActionForm, status_of
from marketplace.web.request import actor, now, see_other

HINTS = {card.name: card.hint for card in CARDS.values()}


@bp.get("/sandbox/checkout/<reference>")
@signed_in
def sandbox_checkout(reference: str) -> ResponseReturnValue:
    """Show the simulated checkout with test cards."""
    payment, _charge = _own_payment(reference)
    if payment.paid_at or payment.canceled:
        return see_other(payment.back)
    return _checkout_page(payment, CardForm(formdata=None))


@bp.post("/sandbox/checkout/<reference>")
@in_good_standing
def sandbox_pay(reference: str) -> ResponseReturnValue:
    """Pay with the chosen card, confirm it where the bank asks, or leave."""
    payment, _charge = _own_payment(reference)
    back, step, form = payment.back, request.form.get("do", "pay"), CardForm()
    if step == "leave":
        acts.cancel(payment, now())
        db.session.commit()
        return see_other(back)
    if not form.validate():
        return _checkout_page(payment, form), status_of(form)
    card = CARDS[str(form.card.data)]
    if card.asks_holder and step != "confirm":
        return render_template("payments/sandbox/confirm.html", payment=payment, card=card, form=form)
    try:
        acts.pay(payment, card.name, now())
    except acts.Declined as refusal:
        db.session.rollback()
        form.blame("card", str(refusal))
        return _checkout_page(_own_payment(reference)[0], form), 422
    db.session.commit()
    return see_other(back)


@bp.route("/sandbox/dispute/<reference>", methods=["GET", "POST"])
@in_good_standing
def sandbox_dispute(reference: str) -> ResponseReturnValue:
    """Decide a disputed payment as the bank."""
    payment, charge = _own_payment(reference)
    if charge.dispute != "open":
        raise NotFound("This payment is not disputed.")
    form, outcome = ActionForm(), request.form.get("outcome")
    if form.is_sent() and form.validate() and outcome in ("won", "lost"):
        acts.decide_dispute(payment, outcome, now())
        db.session.commit()
        return see_other(payment.back)
    return render_template("payments/sandbox/dispute.html", payment=payment, form=ActionForm(formdata=None))


@bp.route("/sandbox/account/<reference>", methods=["GET", "POST"])
@in_good_standing
def sandbox_account(reference: str) -> ResponseReturnValue:
    """Simulated onboarding: one button replaces name, address and bank account."""
    account, form = _own_account(reference), ActionForm()
    if form.is_sent() and form.validate():
        back = account.back
        acts.complete_account(account, now())
        db.session.commit()
        return see_other(back)
    return render_template("payments/sandbox/account.html", account=account, form=ActionForm(formdata=None))


def _checkout_page(payment: SandboxPayment, form: CardForm) -> str:
    return render_template("payments/sandbox/checkout.html", payment=payment, form=form, hints=HINTS)


def _own_payment(reference: str) -> tuple[SandboxPayment, Charge]:
    _only_in_the_sandbox()
    payment = acts.payment_at(reference)
    return payment, charge_for(actor(), payment.charge_token)


def _own_account(reference: str) -> SandboxAccount:
    _only_in_the_sandbox()
    mine = payout_account(actor().id, payments().provider.name)
    if mine is None or mine.reference != reference:
        raise NotFound("There is no such account.")
    return acts.account_at(reference)


def _only_in_the_sandbox() -> None:
    if payments().provider.is_real:
        raise NotFound("There is no sandbox here: real money moves.")
