"""Pages of this room: the award, the contract, its milestones, what went live, handing over."""

from marketplace.contracts.views import agreeing, awarding, contract, handover, live, milestones, papers
from marketplace.contracts.views.blueprint import bp

__all__ = ["agreeing", "awarding", "bp", "contract", "handover", "live", "milestones", "papers"]
