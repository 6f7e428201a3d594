"""The worked example that people read is what the code computes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from marketplace.ranking.facts import read_facts_json
from marketplace.ranking.order import rank

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "ranking.md").read_text()


def test_the_worked_example_adds_up_to_what_the_code_computes() -> None:
    facts = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert facts
    (placed,) = rank(read_facts_json(json.dumps(json.loads(facts[1]))))
    table = TEXT.split("## A worked example", 1)[1].split("## Replay it", 1)[0]
    rows = dict(re.findall(r"^\| (\w+) \|.*\| (-?[\d.]+) \|$", table, re.MULTILINE))
    assert {name: round(float(value) * 1000) for name, value in rows.items()} == {
        term.name: term.points for term in placed.score.terms
    }
    total = re.search(r"\*\*sum\*\* \| \| \*\*([\d.]+)\*\*", table)
    assert total
    assert round(float(total[1]) * 1000) == placed.score.total
