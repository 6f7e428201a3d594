"""Pages of this room: opening, the dispute itself, splitting, evidence, ruling."""

from marketplace.disputes.views import admins, agreeing, evidence, opening, show
from marketplace.disputes.views.blueprint import bp

__all__ = ["admins", "agreeing", "bp", "evidence", "opening", "show"]
