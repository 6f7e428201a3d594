"""Views of the handover: items, and one-time secrets."""

from __future__ import annotations

from cryptography.fernet import MultiFernet
from flask import flash, render_template
from flask.typing import ResponseReturnValue

from marketplace.contracts import policy
from marketplace.contracts.forms import HandoverForm, SecretForm
from marketplace.contracts.models import Contract, HandoverItem, OneTimeSecret
from marketplace.contracts.queries import handover_of, secrets_of
from marketplace.contracts.services import handover
from marketplace.contracts.views.blueprint import bp, own_contract, path_of
from marketplace.contracts.wording import HANDOVER_WORDS
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.web.access import in_good_standing
from marketplace.web.form_page import form_page
from marketplace.web.forms import ActionForm
from marketplace.web.request import actor, now, settings


@bp.route("/contracts/<int:contract_id>/handover/<any(source, credentials, licence):kind>", methods=["GET", "POST"])
@in_good_standing
def hand_over(contract_id: int, kind: str) -> ResponseReturnValue:
    """Ask for the source's location, the licence and credits, or why there are no credentials."""
    contract, form = own_contract(contract_id), HandoverForm()
    item = _item(contract, kind)
    stored = item.given or (contract.scope["credits"] if kind == "licence" else "")
    shown = HandoverForm(formdata=None, given=stored)
    form = form if form.is_sent() else shown

    def page() -> str:
        title, words = HANDOVER_WORDS[kind]
        return render_template("contracts/hand_over.html", contract=contract, form=form, title=title, hint=words)

    refusal = policy.why_not_hand_over(actor(), contract)
    return form_page(form, lambda: _hand_over(contract, item, form), page, refusal=refusal, stored=shown)


@bp.route("/contracts/<int:contract_id>/secrets/new", methods=["GET", "POST"])
@in_good_standing
def give_secret(contract_id: int) -> ResponseReturnValue:
    """Accept a secret for the other side to read once."""
    contract, form = own_contract(contract_id), SecretForm()

    def page() -> str:
        return render_template("contracts/give_secret.html", contract=contract, form=form)

    refusal = policy.why_not_give_secret(actor(), contract)
    return form_page(form, lambda: _give(contract, form), page, refusal=refusal)


@bp.route("/contracts/<int:contract_id>/secrets/<int:secret_id>", methods=["GET", "POST"])
@in_good_standing
def read_secret(contract_id: int, secret_id: int) -> ResponseReturnValue:
    """Warn that the secret can be read once, then show and delete it."""
    contract, form = own_contract(contract_id), ActionForm()
    secret = _secret(contract, secret_id)
    if form.is_sent() and form.validate():
        label, text = handover.read_secret(actor(), contract, secret_id, _key(), now())
        page = render_template("contracts/secret.html", contract=contract, label=label, text=text)
        db.session.commit()
        return page
    return render_template("contracts/read_secret.html", contract=contract, secret=secret, form=form)


def _hand_over(contract: Contract, item: HandoverItem, form: HandoverForm) -> str:
    handover.hand_over(actor(), contract, item, form.given.data or "", now())
    flash("It is handed over. The client is told.", "success")
    return path_of(contract) + "#handover"


def _give(contract: Contract, form: SecretForm) -> str:
    handover.give_secret(actor(), contract, form.label.data or "", form.text.data or "", _key(), now())
    flash("It waits for the other side, encrypted. They can read it once.", "success")
    return path_of(contract) + "#handover"


def _item(contract: Contract, kind: str) -> HandoverItem:
    return next(item for item in handover_of(contract.id) if item.kind == kind)


def _secret(contract: Contract, secret_id: int) -> OneTimeSecret:
    for secret in secrets_of(contract.id):
        if secret.id == secret_id:
            return secret
    raise NotFound("There is no such secret.")


def _key() -> MultiFernet:
    return handover.secret_key(settings().keys("encryption_key"))
