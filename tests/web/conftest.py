"""The fair: a job with bids and everybody who may come, for every room that stands on bids."""

from tests.web.bids.conftest import fair

__all__ = ["fair"]
