"""The pages of the bids room."""

from marketplace.bids.views import compare, deciding, evidence, ranked, receipts, show, writing
from marketplace.bids.views.blueprint import bp

__all__ = ["bp", "compare", "deciding", "evidence", "ranked", "receipts", "show", "writing"]
