"""Views of paying: summary, redirect to the provider, and outcome."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.core import doorbell
from marketplace.core.database import db, set_reading
from marketplace.payments.fees import percent
from marketplace.payments.models import Charge
from marketplace.payments.models.asking import hint
from marketplace.payments.providers.protocol import OutcomeUnknown, Refused
from marketplace.payments.queries.documents import charge_for
from marketplace.payments.services.charging import checkout_begun, order_of
from marketplace.payments.setup import payments
from marketplace.payments.states import OPEN_CHARGES
from marketplace.payments.views.blueprint import bp
from marketplace.web.access import in_good_standing, signed_in
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, see_other, settings

NO_ANSWER = "The payment service does not answer right now. Nothing was charged. Try again in a minute."

OTHER_SERVICE = "This payment was begun with another payment service than the one in use now, so it can’t go on here. \
Nothing was charged. Choose “Not now”, and begin the payment anew."


@bp.get("/pay/<token>")
@signed_in
def pay(token: str) -> ResponseReturnValue:
    """Show what is about to be paid; redirect finished payments to their outcome."""
    charge = charge_for(actor(), token)
    if charge.state not in OPEN_CHARGES:
        return see_other(url_for("payments.paid", token=token))
    return _page(charge)


@bp.post("/pay/<token>")
@in_good_standing
def begin(token: str) -> ResponseReturnValue:
    """Redirect to the provider's page. The provider is asked while no transaction is open."""
    charge, form = charge_for(actor(), token), ActionForm()
    if charge.state not in OPEN_CHARGES:
        return see_other(url_for("payments.paid", token=token))
    if not form.validate():
        return _page(charge), 422
    if charge.provider != payments().provider.name:
        return _page(charge, OTHER_SERVICE), 409
    order, back = order_of(charge), settings().site_url + url_for("payments.paid", token=token)
    db.session.commit()
    try:
        checkout = payments().provider.checkout(order, back)
    except (OutcomeUnknown, Refused) as problem:
        words = NO_ANSWER if isinstance(problem, OutcomeUnknown) else f"The payment service refused: {problem}"
        return _page(charge_for(actor(), token), words), 502
    checkout_begun(charge_for(actor(), token), checkout, now())
    db.session.commit()
    return see_other(checkout.url)


@bp.get("/pay/<token>/done")
@signed_in
def paid(token: str) -> str:
    """Return page from the provider. While the payment is open, poll the provider at once."""
    charge = charge_for(actor(), token)
    if charge.state in OPEN_CHARGES and charge.provider_reference:
        db.session.rollback()
        set_reading(only_reads=False)  # the provider can send people back by GET only
        charge = charge_for(actor(), token)
        hint(charge, now())
        doorbell.ring(doorbell.MOVE_MONEY)
        db.session.commit()
        charge = charge_for(actor(), token)
    return render_template("payments/paid.html", charge=charge, is_open=charge.state in OPEN_CHARGES)


@bp.get("/pay/<token>/state")
@signed_in
def paid_state(token: str) -> ResponseReturnValue:
    """Fragment with the outcome, polled by the waiting page."""
    charge = charge_for(actor(), token)
    is_open = charge.state in OPEN_CHARGES
    html = render_template("payments/_paid.html", charge=charge, is_open=is_open)
    return html, 200, {} if is_open else {"X-Final": f"The payment {charge.state}."}


def _page(charge: Charge, warning: str = "") -> str:
    fee, form = percent(charge.fee_bps), ActionForm(formdata=None)
    return render_template("payments/pay.html", charge=charge, fee=fee, form=form, warning_text=warning)
