"""The checker as a library, with a real browser: one call gives screenshots' facts, measurements and all audits."""

from __future__ import annotations

import pytest

from marketplace.checker import check
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.setup import Setup
from marketplace.checker.spec import Spec
from tests.checker.conftest import no_names
from tests.support.zoo import zoo_site

pytestmark = pytest.mark.browser


def test_one_call_opens_the_page_in_a_browser_and_audits_it() -> None:
    spec = Spec.read('{"requirements": [{"kind": "text", "value": "Book"}, {"kind": "phone"}]}')
    with zoo_site("working") as there:
        record = check(there.url, spec, Setup(Guard(frozenset({there.place}), no_names)))
    assert record.rendering
    assert record.rendering.is_measured, record.rendering.sentence
    assert [finding.outcome for finding in record.requirements] == ["met", "met"]
    assert {audit.name: audit.tone for audit in record.audits}["real"] == "good"
