"""Polish is monotone, stays between 0 and 1, and is None where too little was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.checker.audits.polish import polish_of
from marketplace.checker.browser.view import Rendering
from tests.support.audit_inputs import rendered

IMPACTS = ("critical", "serious", "moderate", "minor")
MEASURES = {
    "lcp_ms": st.floats(0, 20_000),
    "layout_shift": st.floats(0, 3),
    "blocking_ms": st.floats(0, 5_000),
    "bytes": st.integers(0, 20_000_000),
}
axes = st.lists(st.sampled_from(IMPACTS), max_size=12).map(lambda found: axe_of(*found))
renderings = st.builds(rendered, **MEASURES, axe=axes)


def axe_of(*impacts: str) -> dict[str, Any]:
    return {"violations": [{"id": impact, "impact": impact} for impact in impacts], "incomplete": []}


@given(renderings, st.sampled_from(sorted(MEASURES)), st.floats(0, 1))
def test_less_time_shift_or_weight_never_lowers_polish(one: Rendering, measure: str, share: float) -> None:
    better, worse = polish_of(replace(one, **{measure: getattr(one, measure) * share})), polish_of(one)
    assert better is not None
    assert worse is not None
    assert 0 <= worse <= better <= 1


@given(renderings, st.sampled_from(IMPACTS))
def test_another_violation_never_raises_polish(one: Rendering, impact: str) -> None:
    assert one.axe
    more = {**one.axe, "violations": [*one.axe["violations"], {"id": "more", "impact": impact}]}
    assert (polish_of(replace(one, axe=more)) or 0) <= (polish_of(one) or 0)


def test_incomplete_axe_rules_do_not_change_polish() -> None:
    undecided = {"violations": [], "incomplete": [{"id": "color-contrast", "impact": "serious"}]}
    assert polish_of(rendered(axe=undecided)) == 1.0


@pytest.mark.parametrize(
    ("measured", "polish"),
    [
        ({}, 1.0),
        ({"lcp_ms": 2500.0, "layout_shift": 0.1, "blocking_ms": 200.0}, 1.0),
        ({"lcp_ms": 3250.0}, 0.85),
        ({"lcp_ms": 4000.0}, 0.7),
        ({"layout_shift": 0.25}, 0.8),
        ({"bytes": 9_000_000}, 0.9),
        ({"axe": axe_of("critical", "critical", "critical")}, 0.8),
        ({"axe": axe_of("moderate")}, 0.98),
        ({"lcp_ms": 9e9, "layout_shift": 9.0, "blocking_ms": 9e9, "bytes": 10**9, "axe": axe_of(*IMPACTS * 3)}, 0.0),
        ({"axe": None, "bytes": None}, 1.0),
        ({"lcp_ms": 4000.0, "axe": None, "bytes": None}, 0.5714),
        ({"lcp_ms": None, "layout_shift": None, "blocking_ms": None}, None),
    ],
)
def test_polish_of_examples(measured: dict[str, Any], polish: float | None) -> None:
    assert polish_of(rendered(**measured)) == polish


def test_no_polish_without_a_browser() -> None:
    assert polish_of(Rendering("no_browser", "There is none.")) is None
