"""A state is a member of its enum, and `move` alone changes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_house_rules import MODULES, relative

MOVED_BY_CHECKS = {
    "marketplace/prototypes/quick_check_recording.py",
    "marketplace/prototypes/services.py",
    "marketplace/prototypes/states.py",
}
"""A prototype's state is what its newest check found: written for many at once, under their leases."""


def assigned(tree: ast.AST) -> Iterator[ast.expr]:
    """What assignments set, each element of a tuple by itself."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            yield from target.elts if isinstance(target, ast.Tuple) else [target]


def is_state(node: ast.AST) -> bool:
    """But a provider's report, whose words a Literal lists."""
    return isinstance(node, ast.Attribute) and node.attr == "state" and ast.unparse(node) != "report.state"


def is_text(node: ast.AST) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)


def offences(source: str, *, may_assign: bool = False) -> list[int]:
    """Lines that set a state, write it by an UPDATE of their own, or compare it with a bare string."""
    tree = ast.parse(source)
    lines = [] if may_assign else [node.lineno for node in assigned(tree) if is_state(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            lines += [node.lineno] if any(map(is_state, sides)) and any(map(is_text, sides)) else []
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            lines += [node.lineno for keyword in node.keywords if keyword.arg == "state"]
    return sorted(lines)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_states_are_members_that_move_changes(path: Path) -> None:
    if path.name != "transitions.py":
        assert offences(path.read_text(), may_assign=relative(path) in MOVED_BY_CHECKS) == []


@pytest.mark.parametrize(
    "line",
    [
        "job.state = JobState.OPEN",
        "job.state, job.at = JobState.OPEN, now",
        "update(Job).values(state=JobState.OPEN)",
        'job.state == "open"',
        'job.state in ("open", "closed")',
    ],
)
def test_an_offence_is_found(line: str) -> None:
    assert offences(line) == [1]


@pytest.mark.parametrize("line", ["job.state == JobState.OPEN", "move(job, JobState.OPEN, CLIENT, MOVES)"])
def test_the_right_way_is_no_offence(line: str) -> None:
    assert offences(line) == []
