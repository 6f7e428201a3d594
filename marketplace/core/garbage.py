"""Make Python's cyclic garbage collector run rarely where it finds nothing to free."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager

YOUNG_OBJECTS = 50_000
"""Allocations before the collector looks for cycles; about 100 bytes each, most freed by then."""


@contextmanager
def rare_collections() -> Generator[None]:
    """Exclude all existing objects from collection, and collect rarely.

    Without this, collections took a quarter of the time of checking links and a third of the time of ranking bids.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
