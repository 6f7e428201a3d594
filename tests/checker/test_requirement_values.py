"""Each kind of requirement takes the values that a check can try."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.checker.browser_requirements import IN_BROWSER
from marketplace.checker.markup import IN_MARKUP
from marketplace.checker.requirement_values import KINDS, lacks_value, problem, tidy


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("free", "Staff can change slots without help"),
        ("page", "/"),
        ("page", "/prices?day=today"),
        ("text", "places left"),
        ("selector", "nav a"),
        ("selector", "li:nth-child(2n+1)"),
        ("form", ""),
        ("form", "#booking"),
        ("link", "/ -> /prices"),
        ("image", ""),
        ("image", "climbing wall"),
        ("language", "de"),
        ("language", "pt-BR"),
        ("color", "#0b5fff"),
        ("font", "Source Sans 3"),
        ("phone", ""),
        ("https", ""),
        ("load_time", "0.1"),
        ("load_time", "30"),
    ],
)
def test_valid_values_are_accepted(kind: str, value: str) -> None:
    assert problem(kind, value) is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("free", ""),
        ("page", "prices"),
        ("page", "//evil.example"),
        ("page", "https://example.com/"),
        ("page", "/two words"),
        ("page", "/\\evil.example"),
        ("text", ""),
        ("text", "x" * 301),
        ("selector", "a["),
        ("selector", ""),
        ("form", "##"),
        ("link", ""),
        ("link", "/prices"),
        ("link", "/prices -> /prices"),
        ("link", "/ -> //evil.example"),
        ("link", "/ -> https://evil.example/"),
        ("language", "German"),
        ("language", ""),
        ("color", "blue"),
        ("color", "#0bf"),
        ("color", "#0b5fffff"),
        ("font", "Inter, sans-serif"),
        ("font", "x" * 81),
        ("load_time", "0.05"),
        ("load_time", "31"),
        ("load_time", "fast"),
        ("load_time", "nan"),
        ("magic", "x"),
    ],
)
def test_invalid_values_are_refused_with_a_sentence(kind: str, value: str) -> None:
    assert (problem(kind, value) or "").endswith(".")


def test_tidying_drops_unused_values() -> None:
    assert (tidy("https", " x "), tidy("text", "  places \n left ")) == ("", "places left")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("link", "/prices->/book", "/prices -> /book"),
        ("link", " / → /book ", "/ -> /book"),
        ("color", "#0B5FFF", "#0b5fff"),
        ("font", "'Inter'", "Inter"),
    ],
)
def test_tidying_normalizes_values(kind: str, typed: str, kept: str) -> None:
    assert tidy(kind, typed) == kept
    assert problem(kind, kept) is None


@pytest.mark.parametrize(
    ("kind", "value", "lacks"), [("text", " ", True), ("language", "", True), ("text", "x", False), ("form", "", False)]
)
def test_blank_value_is_lacking_unless_its_kind_needs_none(kind: str, value: str, *, lacks: bool) -> None:
    assert lacks_value(kind, value) == lacks


def test_the_kinds_are_those_that_are_tried_and_free_text() -> None:
    assert IN_MARKUP | IN_BROWSER | {"page", "https", "free"} == KINDS


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=400))
def test_any_value_is_judged_without_a_crash(kind: str, value: str) -> None:
    problem(kind, tidy(kind, value))
