"""Fixtures: a completed contract between Cleo and Wanda, with other visitors."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from marketplace.contracts.models import Contract
from marketplace.core.database import db
from marketplace.reviews.marks import Marks
from tests.support.contracts import make_offer, sign_both
from tests.support.reviews import GOOD, complete, review
from tests.support.stages import Stages
from tests.web.bids.conftest import Fair, fair, reload


@dataclass
class Done:
    """Ids of the completed contract and its reviews, and their paths."""

    fair: Fair
    app: Flask
    contract: int

    @property
    def path(self) -> str:
        return f"/contracts/{self.contract}"

    def write(self, side: str, marks: Marks = GOOD, text: str = "") -> int:
        with self.app.app_context():
            return review(db.session.get_one(Contract, self.contract), side, marks, text).id

    def slug(self, side: str) -> str:
        """Path of the profile of the contract's "client" or "freelancer"."""
        with self.app.app_context():
            return getattr(db.session.get_one(Contract, self.contract), side).slug


@pytest.fixture
def done(app: Flask, fair: Fair, stages: Stages) -> Done:
    def make() -> int:
        with app.app_context():
            return complete(sign_both(make_offer(reload(fair.bids["wanda"])))).id

    return Done(fair, app, stages.reach("done", make))


__all__ = ["Done", "done", "fair"]
