"""The pages of the bids room."""

from marketplace.bids.views.blueprint import bp

__all__ = ["bp"]
