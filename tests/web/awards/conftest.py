"""The same job and bids as in the tests of bids."""

from tests.web.bids.conftest import fair

__all__ = ["fair"]
