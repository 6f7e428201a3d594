"""`marketplace ledger resend`: list refused movements, and resend one on demand."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.database import db
from marketplace.payments.command import ledger
from marketplace.payments.models import Movement
from marketplace.payments.providers.protocol import MovementOrder, MovementReport
from marketplace.payments.services.settlement import release
from marketplace.payments.services.transfers import settle_movement
from marketplace.payments.setup import payments
from marketplace.payments.verifying import offences
from tests.support.factories import START
from tests.support.money import make_hold, make_payable, settle_all

pytestmark = pytest.mark.both_engines


@pytest.fixture
def refused(context: Flask, client: User, freelancer: User) -> Movement:
    """A transfer of 900 euros that the provider refused."""
    make_payable(freelancer)
    release(make_hold(client, freelancer), START, "key")
    movement = db.session.scalars(select(Movement)).one()
    settle_movement(movement, MovementReport("failed", None, "the account is closed"), START)
    db.session.commit()
    return movement


def resend(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(ledger, ["resend", *arguments])
    return done.exit_code, done.output


def test_refused_movements_are_listed_with_reason(context: Flask, refused: Movement) -> None:
    code, said = resend(context)
    assert (code, said.splitlines()[-1]) == (0, "1 refused")
    assert str(refused.id) in said
    assert "the account is closed" in said


def test_movement_is_resent_once(context: Flask, refused: Movement) -> None:
    number = str(refused.id)
    assert resend(context, number) == (0, f"Movement {number} is on its way again.\n")
    assert resend(context, number)[0] == 1
    settle_all()
    db.session.refresh(refused)
    assert (refused.state, offences()) == ("sent", [])
    assert resend(context) == (0, "None was refused.\n")


def test_movement_failed_at_provider_is_resent_as_new(
    context: Flask, refused: Movement, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = "transfer_of_the_first_try"
    refused.provider_reference = old
    db.session.commit()
    provider = payments().provider

    def find(order: MovementOrder, reference: str | None) -> MovementReport | None:
        return MovementReport("failed", old, "the account was closed") if reference == old else None

    monkeypatch.setattr(provider, "find", find)
    resend(context, str(refused.id))
    settle_all()
    db.session.refresh(refused)
    assert refused.state == "sent"
    assert refused.provider_reference != old


def test_unknown_movement_is_reported(context: Flask) -> None:
    code, said = resend(context, "7")
    assert (code, "There is no movement 7." in said) == (1, True)
