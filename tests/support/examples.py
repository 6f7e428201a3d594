"""Number of examples for property tests: `make test` sets HYPOTHESIS_PROFILE=long, `make check` stays quick."""

from __future__ import annotations

import os

import hypothesis

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"


def examples(long: int, quick: int) -> int:
    """For tests that promise a number of examples; all others take the profile's."""
    return long if LONG else quick


def load_profile() -> None:
    """Set the default of all other property tests."""
    hypothesis.settings.register_profile("ours", max_examples=examples(300, 30), deadline=None)
    hypothesis.settings.load_profile("ours")
