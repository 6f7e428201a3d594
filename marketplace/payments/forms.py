"""Forms of the payments room: payout amount and sandbox card."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from marketplace.core.errors import Invalid
from marketplace.core.money import NotMoney
from marketplace.payments.amounts import read_amount
from marketplace.payments.sandbox.cards import CARDS
from marketplace.web.forms import BaseForm


class PayoutForm(BaseForm):
    """Amount in one currency to pay out to the bank."""

    amount = StringField("Amount", [DataRequired("Enter an amount, such as 250."), Length(max=20)])
    currency = HiddenField(validators=[Regexp(r"^[A-Z]{3}$", message="Choose a currency.")])

    def minor(self) -> int:
        """Amount in minor units; raises Invalid with a hint."""
        try:
            return read_amount(self.amount.data or "", self.currency.data or "")
        except NotMoney as wrong:
            raise Invalid("amount", str(wrong)) from wrong


class CardForm(BaseForm):
    """Choice of a test card by name; no number is typed, so no real card can be disclosed."""

    card = RadioField(
        "Pay with",
        [DataRequired("Choose a test card.")],
        choices={card.name: card.words for card in CARDS.values()},
    )
