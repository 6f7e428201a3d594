"""Tasks finish all due work, however slow the machine is; test_sweeps.py sets its own time limit."""

from __future__ import annotations

import math

import pytest

from marketplace.core import sweeps


@pytest.fixture(autouse=True)
def no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "SWEEP_SECONDS", math.inf)
