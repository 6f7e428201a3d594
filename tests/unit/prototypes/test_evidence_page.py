"""docs/evidence.md names every auditor, sign and kind of requirement, and its worked record is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.checker.audits import original
from marketplace.checker.audits.registry import AUDITORS, Auditor
from marketplace.checker.audits.signs import SIGNS
from marketplace.checker.record import CheckRecord
from marketplace.jobs.requirements import KINDS, is_checkable

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "evidence.md").read_text()


@pytest.mark.parametrize("auditor", AUDITORS, ids=lambda auditor: auditor.name)
def test_every_auditor_is_documented(auditor: Auditor) -> None:
    assert f"\n| `{auditor.name}` | {auditor.version} |" in PAGE


def test_originality_audit_is_documented() -> None:
    assert f"\n| `{original.NAME}` | {original.VERSION} |" in PAGE


def test_worked_record_parses_and_has_every_audit() -> None:
    record = CheckRecord.from_json(PAGE.partition("```json")[2].partition("```")[0])
    assert record.is_full
    assert [audit.name for audit in record.audits] == [auditor.name for auditor in AUDITORS]


def test_every_sign_is_documented_with_its_weight() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    listed: dict[str, str] = {}
    for row in rows:
        names, weights = row[1].replace("/", ",").split(","), row[2].split("/")
        listed |= {name.strip(" `"): weights[at if len(weights) > 1 else 0].strip() for at, name in enumerate(names)}
    assert {sign.name: str(sign.weight) for sign in SIGNS}.items() <= listed.items()


def test_each_kind_of_requirement_is_explained() -> None:
    assert all(f"`{kind}`" in PAGE for kind in KINDS if is_checkable(kind))
