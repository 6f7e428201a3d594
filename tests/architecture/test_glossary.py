"""One word per thing: the glossary lists each word once, and each public class name stands in one module."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| \*\*(?P<word>[^*]+)\*\*.*? \| (?:`(?P<name>\w+)` )?\| .+ \|")
SHARED_NAMES: dict[str, str] = {}
"""Class names that stand in several modules -> why that is no confusion."""


def rows() -> list[re.Match[str]]:
    lines = (ROOT / "docs/glossary.md").read_text().splitlines()
    return [_row(line) for line in lines if line.startswith("| **")]


def _row(line: str) -> re.Match[str]:
    row = ROW.fullmatch(line)
    assert row, f"not a row of word, name in code and meaning: {line}"
    return row


def public_classes() -> dict[str, set[str]]:
    """Class name -> the modules that define it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].add(str(path.relative_to(ROOT)))
    return found


def test_each_word_is_listed_once() -> None:
    counts = Counter(row["word"].lower() for row in rows())
    assert [word for word, count in counts.items() if count > 1] == []


def test_each_name_in_code_exists() -> None:
    names = {row["name"] for row in rows() if row["name"]}
    assert names
    assert sorted(names - public_classes().keys()) == []


def test_a_public_class_name_stands_in_one_module() -> None:
    shared = {name: sorted(modules) for name, modules in public_classes().items() if len(modules) > 1}
    assert {name: modules for name, modules in shared.items() if name not in SHARED_NAMES} == {}
    assert sorted(SHARED_NAMES.keys() - shared.keys()) == [], "names that are no longer shared"
