"""Ranks that were once shown replay to the last digit: a change here needs new weights with a new version."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.ranking.command import rank
from marketplace.ranking.weights import WEIGHTS

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("version", sorted(WEIGHTS))
def test_past_ranks_replay(version: str) -> None:
    result = CliRunner().invoke(rank, ["--jsonl", "--weights", version, str(GOLDEN / f"{version}.jsonl")])
    assert result.output == (GOLDEN / f"{version}.ranks.jsonl").read_text()
