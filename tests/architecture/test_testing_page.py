"""docs/testing.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_named_tests_exist() -> None:
    named = re.findall(r"`(?:tests/)?([\w/]+\.py)::(\w+)`", (ROOT / "docs/testing.md").read_text())
    assert named
    sources = {file: path.read_text() for file, _ in named if (path := ROOT / "tests" / file).exists()}
    missing = [(file, test) for file, test in named if f"def {test}" not in sources.get(file, "")]
    assert not missing
