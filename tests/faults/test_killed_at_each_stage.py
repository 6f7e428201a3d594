"""A worker is killed at each step of a link's checks: the link has one verdict and one full check."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from marketplace.prototypes.models import FullCheckSchedule, Prototype
from tests.support.plant import SECONDS, Plant, all_examined, wait_for
from tests.support.sites import Site
from tests.support.stops import Step, held_at

pytestmark = pytest.mark.faults
LEASED = "new.lease_token IS NOT NULL AND new.lease_token IS DISTINCT FROM old.lease_token"
"""Newly leased, not just renewed."""


@dataclass(frozen=True)
class Stage:
    """Which process is killed at which step, and what remains."""

    worker: str
    step: Step
    links: tuple[str, ...]
    """The second is still being fetched or rendered when the first reaches the step."""
    state: str
    leased: int
    records: int
    """Number of quick and full checks."""


STAGES = {
    "leased, not fetched": Stage(
        "checker", Step("UPDATE", "prototypes", LEASED, commits=True), ("at-once",), "checking", leased=1, records=0
    ),
    "fetched, not stored": Stage(
        "checker", Step("INSERT", "check_records", "true"), ("at-once", "late/"), "checking", leased=2, records=0
    ),
    "live, its turn not leased": Stage(
        "browser", Step("UPDATE", "browser_turns", LEASED), ("at-once",), "live", leased=0, records=1
    ),
    "seen, not stored": Stage(
        "browser", Step("INSERT", "check_records", "new.is_full"), ("at-once", "pictured/"), "live", leased=2, records=2
    ),
    "stored, and nobody knows": Stage(
        "browser",
        Step("INSERT", "check_records", "new.is_full", commits=True),
        ("at-once",),
        "live",
        leased=0,
        records=2,
    ),
}


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES.keys())
def test_worker_killed_when_a_link_is(stage: Stage, plant: Plant, slow: Site) -> None:
    with held_at(plant.database.url, stage.step) as is_there:
        plant.submit(*[f"{slow.url}{link}" for link in stage.links])
        wait_for(is_there, SECONDS)
        plant.kill(plant.child(stage.worker))
    left = (set(plant.states()), plant.leased(Prototype, FullCheckSchedule), sum(plant.checks() + plant.full_checks()))
    assert left == ({stage.state}, stage.leased, stage.records)
    plant.start_workers()
    all_examined(plant, len(stage.links))
