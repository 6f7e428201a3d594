"""The house keeps its shape: small files and functions, imports on top, Flask's globals only in views."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "marketplace", "workers")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
MACROS = sorted((ROOT / "templates" / "components").glob("*.html"))
MAX_FILE, MAX_FUNCTION, MAX_TEMPLATE, MAX_CONFTEST = 400, 60, 200, 150
MAX_COLUMNS = 120
REQUEST_GLOBALS = {"request", "session", "g"}
LATE = {
    ("marketplace/prototypes/room.py", "marketplace.prototypes.full_checks"),
    ("marketplace/prototypes/room.py", "marketplace.prototypes.quick_checks"),
    ("marketplace/checker/__init__.py", "marketplace.checker.examiner"),
    ("marketplace/checker/__init__.py", "marketplace.checker.setup"),
    ("marketplace/checker/__init__.py", "marketplace.checker.spec"),
    ("marketplace/payments/setup.py", "marketplace.payments.providers.stripe_connect"),
}
"""Imports inside a function, of what takes tens of megabytes that most processes never need."""
VAGUE_NAMES = {"utils", "helpers", "common", "misc"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Each import as (module, names)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_module_opens_with_a_sentence_on_why_it_exists(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "no docstring"
    assert docstring.splitlines()[0].rstrip().endswith((".", ",", ":", ";")) or len(docstring.splitlines()) > 1


@pytest.mark.parametrize("path", MODULES + TESTS, ids=relative)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= (MAX_CONFTEST if path.name == "conftest.py" else MAX_FILE)
    long = [node.name for node in functions(ast.parse(source)) if (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION]
    assert not long, f"over {MAX_FUNCTION} lines: {long}"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_own_packages_are_imported_at_the_top(path: Path) -> None:
    deferred = [
        module
        for function in functions(ast.parse(path.read_text()))
        for module, _ in imports(function)
        if module.split(".")[0] in PACKAGES and (relative(path), module) not in LATE
    ]
    assert not deferred


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_views_and_web_know_of_the_request(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    if "views" in parts or parts[:2] in (("marketplace", "web"), ("marketplace", "app")):
        return
    for module, names in imports(ast.parse(path.read_text())):
        assert module != "flask" or not names & REQUEST_GLOBALS
        assert module not in ("flask_login", "flask_security") or "current_user" not in names


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_names_say_what_a_module_is_for(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_templates_stay_small_and_hold_no_inline_code_or_style(path: Path) -> None:
    source = path.read_text()
    assert len(source.splitlines()) <= MAX_TEMPLATE
    long = [number for number, line in enumerate(source.splitlines(), 1) if len(line) > MAX_COLUMNS]
    assert not long, f"lines over {MAX_COLUMNS} columns: {long}"
    if "email" not in path.parts:
        for inline in (" style=", " onclick=", " onchange=", " onsubmit=", "<style", "javascript:"):
            assert inline not in source, inline


@pytest.mark.parametrize("path", MACROS, ids=relative)
def test_a_macro_says_what_it_shows_and_what_each_argument_is(path: Path) -> None:
    source = path.read_text()
    for macro in re.finditer(r"\{%-? macro (\w+)\((.*?)\) -?%\}", source, re.DOTALL):
        comment = re.search(r"\{#([^#]+)#\}\s*\Z", source[: macro.start()])
        assert comment, f"{macro[1]} has no comment"
        arguments = re.findall(r"(?:^|, )(\w+)", re.sub(r"\"[^\"]*\"", "", macro[2]))
        missing = [name for name in arguments if not re.search(rf"\b{name}\b.*: ?\w|\b{name}: ", comment[1])]
        assert not missing, f"{macro[1]} does not say what these are: {missing}"


def test_no_test_is_skipped() -> None:
    marks = ("pytest.mark." + "skip", "pytest." + "skip(", "pytest.mark." + "xfail", "unittest." + "skip")
    assert not [relative(path) for path in TESTS if any(mark in path.read_text() for mark in marks)]
