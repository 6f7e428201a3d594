"""Tasks of tests finish what is due, however slow the machine is; test_sweeps.py gives its own bound."""

from __future__ import annotations

import math

import pytest

from marketplace.core import sweeps


@pytest.fixture(autouse=True)
def no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "SWEEP_SECONDS", math.inf)
