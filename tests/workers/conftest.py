"""Tasks of tests finish what is due, however slow the machine is; test_bounded.py gives its own bound."""

from __future__ import annotations

import math

import pytest

from workers import bounded


@pytest.fixture(autouse=True)
def no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "TASK_SECONDS", math.inf)
