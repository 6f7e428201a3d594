"""Fixtures: a dispute between Cleo and Wanda, with other visitors."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from marketplace.contracts.models import Milestone
from marketplace.core.database import db
from marketplace.disputes.models import Dispute
from tests.support.disputes import make_dispute
from tests.support.stages import Stages
from tests.web.contracts.conftest import Deal, deal, offer


@dataclass
class Case:
    """A dispute's id and path."""

    deal: Deal
    id: int

    @property
    def path(self) -> str:
        return f"/disputes/{self.id}"

    def load(self) -> Dispute:
        """The current row; call inside an app context."""
        return db.session.get_one(Dispute, self.id, populate_existing=True)


@pytest.fixture
def case(deal: Deal, stages: Stages) -> Case:
    """A dispute opened by the client about submitted work."""

    def open_it() -> int:
        deal.hand_in()
        with deal.app.app_context():
            return make_dispute(db.session.get_one(Milestone, deal.milestone)).id

    return Case(deal, stages.reach("dispute", open_it))


__all__ = ["Case", "case", "deal", "offer"]
