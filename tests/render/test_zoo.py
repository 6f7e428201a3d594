"""Sites of the zoo in a real browser: what only a browser can find there."""

from __future__ import annotations

from functools import cache

import pytest

from marketplace.prototypes.engine import Ask, Setup
from marketplace.prototypes.examining import examine_link
from marketplace.prototypes.fetching.fetch import Guard
from marketplace.prototypes.fetching.politeness import OPEN
from marketplace.prototypes.record import CheckRecord
from tests.support.zoo import zoo_site

pytestmark = pytest.mark.browser

FINDINGS: dict[str, dict[str, str]] = {
    "working": {"rendering": "good", "accessibility": "good", "real": "good", "safe": "good"},
    "scripted": {"real": "good", "safe": "good"},
    "phone_overflow": {"rendering": "bad"},
    "inaccessible": {"accessibility": "bad"},
    "program": {"rendering": "not_measured", "safe": "bad"},
    "download": {"safe": "bad"},
    "late_download": {"safe": "bad"},
    "pushy": {"real": "good", "safe": "good"},
    "credential_script": {"real": "good", "safe": "bad"},
    "near_credential_script": {"real": "good", "safe": "note"},
}
ATTEMPTS: dict[str, set[str]] = {
    "working": set(),
    "download": {"download"},
    "late_download": {"download"},
    "pushy": {"dialog", "permission", "popup", "service_worker"},
}


@cache
def examined(name: str) -> CheckRecord:
    with zoo_site(name) as there:
        setup = Setup(guard=Guard(frozenset({there.place})), politeness=OPEN)
        return examine_link(Ask(there.url), setup)


@pytest.mark.parametrize("name", FINDINGS)
def test_what_is_found_in_a_browser_on(name: str) -> None:
    record = examined(name)
    found = {audit.name: audit.tone.value for audit in record.audits if audit.name in FINDINGS[name]}
    assert found == FINDINGS[name], record.audits


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_is_denied_to(name: str) -> None:
    rendering = examined(name).rendering
    assert rendering
    assert set(rendering.attempts) == ATTEMPTS[name]
