"""Fixtures: an active contract between Cleo and Wanda, with other visitors."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.contracts.models import Contract, Milestone
from marketplace.core.database import db
from tests.support.contracts import TWO_STEPS, hand_in, make_offer, pay_for, sign_both
from tests.support.stages import Stages
from tests.web.bids.conftest import Fair, reload


@dataclass
class Deal:
    """Ids of a contract and its first milestone, and their paths."""

    fair: Fair
    app: Flask
    contract: int
    milestone: int

    @property
    def path(self) -> str:
        return f"/contracts/{self.contract}"

    @property
    def step(self) -> str:
        return f"/milestones/{self.milestone}"

    def state(self) -> tuple[str, str]:
        """States of the contract and of its first milestone."""
        with self.app.app_context():
            contract = db.session.get_one(Contract, self.contract)
            return contract.state, db.session.get_one(Milestone, self.milestone).state

    def pay(self) -> Deal:
        with self.app.app_context():
            pay_for(db.session.get_one(Milestone, self.milestone))
        return self

    def hand_in(self, url: str = "") -> Deal:
        with self.app.app_context():
            hand_in(db.session.get_one(Milestone, self.milestone), url=url)
        return self


@pytest.fixture
def offer(app: Flask, fair: Fair, stages: Stages) -> Deal:
    """An unsigned contract."""

    def make() -> tuple[int, int]:
        with app.app_context():
            contract = make_offer(reload(fair.bids["wanda"]))
            return contract.id, contract.milestones[0].id

    return Deal(fair, app, *stages.reach("offer", make))


@pytest.fixture
def deal(offer: Deal, stages: Stages) -> Deal:
    """A contract signed by both."""

    def sign() -> None:
        with offer.app.app_context():
            sign_both(db.session.get_one(Contract, offer.contract))

    stages.reach("deal", sign)
    return offer


__all__ = ["TWO_STEPS", "Deal", "deal", "offer"]
