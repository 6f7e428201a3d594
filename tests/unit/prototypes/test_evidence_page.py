"""docs/evidence.md names every auditor with its version, every sign with its weight, and every kind of requirement."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.jobs.requirements import KINDS, is_checkable
from marketplace.prototypes.audits.registry import AUDITORS, Auditor
from marketplace.prototypes.audits.signs import SIGNS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text()


@pytest.mark.parametrize("auditor", AUDITORS, ids=lambda auditor: auditor.name)
def test_each_auditor_has_its_line(auditor: Auditor) -> None:
    assert f"\n| `{auditor.name}` | {auditor.version} |" in PAGE


def test_each_sign_has_its_weight() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    listed: dict[str, str] = {}
    for row in rows:
        names, weights = row[1].replace("/", ",").split(","), row[2].split("/")
        listed |= {name.strip(" `"): weights[at if len(weights) > 1 else 0].strip() for at, name in enumerate(names)}
    assert {sign.name: str(sign.weight) for sign in SIGNS}.items() <= listed.items()


def test_each_kind_of_requirement_is_explained() -> None:
    assert all(f"`{kind}`" in PAGE for kind in KINDS if is_checkable(kind))
