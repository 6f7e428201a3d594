"""A rule has one place: a policy words it, services and pages ask it, and one function says who acts for whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.test_house_rules import ROOT, functions, relative

ROOMS = sorted(path.parent for path in (ROOT / "marketplace").glob("*/policy.py"))
POLICIES = [room / "policy.py" for room in ROOMS]
MODULES = sorted(path for room in ROOMS for path in room.rglob("*.py"))
ABOVE_QUERIES = [path for path in MODULES if "views" not in path.parts and path.stem not in ("queries", "models")]
KNOWING = ("may_see", "may_read", "may_know")
"""What a person may know of is a bool: who may not is told that there is no such thing."""


@pytest.mark.parametrize("path", POLICIES, ids=relative)
def test_rule_for_an_act_gives_its_sentence(path: Path) -> None:
    for function in functions(ast.parse(path.read_text())):
        assert not function.name.startswith("may_") or function.name.startswith(KNOWING), function.name
        if function.name.lstrip("_").startswith("why_not_"):
            assert function.returns is not None
            assert ast.unparse(function.returns) == "str | None", function.name


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_policies_word_why_a_person_may_not_act(path: Path) -> None:
    """Elsewhere NotAllowed is raised by `demand`, or with a sentence that a policy gave."""
    tree = ast.parse(path.read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "NotAllowed")
    assert not [call.lineno for call in calls if isinstance(call.args[0], ast.Constant | ast.JoinedStr)]
    assert not [function.name for function in functions(tree) if function.name.startswith("_demand")]


@pytest.mark.parametrize("path", ABOVE_QUERIES, ids=relative)
def test_ownership_is_asked_of_acts_for_alone(path: Path) -> None:
    found = [
        f"{function.name}: {ast.unparse(comparison)}"
        for function in functions(ast.parse(path.read_text()))
        if (relative(path), function.name) != ("marketplace/accounts/policy.py", "acts_for")
        for comparison in comparisons_of_people(function)
    ]
    assert not found


def comparisons_of_people(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Compare]:
    """Comparisons of a parameter that is a User by its id, but those of a column, which are SQL."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    people = {
        f"{one.arg}.id" for one in arguments if one.annotation and ast.unparse(one.annotation).split(" |")[0] == "User"
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_sql = any(isinstance(side, ast.Attribute) and ast.unparse(side)[:1].isupper() for side in sides)
            if not is_sql and people & {ast.unparse(side) for side in sides}:
                yield node
