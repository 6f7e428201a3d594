"""Views of one's payout account and payouts to the bank."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.database import db, set_reading
from marketplace.core.money import display
from marketplace.payments.amounts import step_of
from marketplace.payments.forms import PayoutForm
from marketplace.payments.models import AccountKind
from marketplace.payments.providers.protocol import OutcomeUnknown, Refused
from marketplace.payments.queries.balances import balance
from marketplace.payments.queries.documents import movements_of
from marketplace.payments.services.onboarding import begin_onboarding, look_again
from marketplace.payments.services.transfers import payout_account, withdraw
from marketplace.payments.setup import payments
from marketplace.payments.views.blueprint import bp
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.password_again import password_again
from marketplace.web.request import actor, now, see_other, settings


@bp.get("/money/payouts")
@signed_in
def payouts() -> str:
    """Show the payout account, available money and past movements."""
    account = payout_account(actor().id, payments().provider.name)
    if account is not None and not account.ready:
        db.session.rollback()
        set_reading(only_reads=False)  # the provider can send people back by GET only
        if account := payout_account(actor().id, payments().provider.name):
            look_again(account, now())
        db.session.commit()
    return _page(PayoutForm(formdata=None))


@bp.post("/money/payouts")
@in_good_standing
@password_again
def ask_for_payout() -> ResponseReturnValue:
    """Pay out to the bank; the form's key makes a double click one payout."""
    form, person = PayoutForm(), actor()

    def pay_out() -> str:
        amount, currency = form.minor(), str(form.currency.data)
        withdraw(person, amount, currency, now(), f"payout:{person.id}:{form.key.data}")
        flash(f"{display(amount, currency)} is on its way to your bank.", "success")
        return url_for("payments.payouts")

    return form_page(form, pay_out, lambda: _page(form), conflict_on="amount", conflict_status=422)


@bp.post("/money/payouts/account")
@in_good_standing
@password_again
def onboard() -> ResponseReturnValue:
    """Redirect to the provider's page for payout details. The provider is asked while no transaction is open."""
    person, form = actor(), ActionForm()
    if not form.validate():
        return _page(PayoutForm(formdata=None)), 422
    account = payout_account(person.id, payments().provider.name)
    email, reference = person.email, account.reference if account else None
    db.session.commit()
    try:
        onboarding = payments().provider.onboard(
            email, reference, f"{settings().site_url}{url_for('payments.payouts')}"
        )
    except (OutcomeUnknown, Refused) as problem:
        flash(f"The payment service did not open its page: {problem}. Try again in a minute.", "error")
        return see_other(url_for("payments.payouts"))
    begin_onboarding(actor(), onboarding, now())
    db.session.commit()
    return see_other(onboarding.url)


def _page(form: PayoutForm) -> str:
    person = actor()
    wallets = {currency: kinds.get(AccountKind.WALLET, 0) for currency, kinds in balance(person).items()}
    available = {currency: (amount, amount % step_of(currency)) for currency, amount in wallets.items() if amount}
    return render_template(
        "payments/payouts.html",
        account=payout_account(person.id, payments().provider.name),
        available=available,
        form=form,
        page=movements_of(person, request.args.get("after")),
    )
