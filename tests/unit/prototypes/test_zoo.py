"""Every site of the zoo and what the auditors find there without a browser; bad ones beside harmless neighbours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from marketplace.prototypes.audits.audit import Audit
from marketplace.prototypes.audits.registry import audit_all
from marketplace.prototypes.audits.seen import Seen
from marketplace.prototypes.fetching.client import Client
from marketplace.prototypes.fetching.fetch import Guard, fetch
from marketplace.prototypes.fetching.reading import source_of, title_of
from marketplace.prototypes.fetching.trail import Limits
from marketplace.prototypes.guard.address import Link
from marketplace.prototypes.inspector import Inspector
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.requirements import Page
from tests.support.sites import Site
from tests.support.zoo import SITES, zoo_site
from tests.unit.prototypes.conftest import Authority, no_names

FINDINGS: dict[str, dict[str, str]] = {
    "working": {"liveness": "good", "real": "good", "safe": "good", "control": "note"},
    "copied": {"liveness": "good", "real": "good", "safe": "good"},
    "one_page": {"liveness": "good", "real": "good", "safe": "good"},
    "slow": {"liveness": "note"},
    "broken": {"liveness": "bad", "real": "not_measured", "safe": "not_measured", "control": "not_measured"},
    "redirecting": {"liveness": "note", "real": "good", "safe": "good"},
    "redirect_loop": {"liveness": "bad", "real": "not_measured"},
    "script_redirect": {"safe": "note"},
    "parked": {"liveness": "good", "real": "bad"},
    "near_parked": {"real": "good"},
    "for_sale": {"real": "bad"},
    "near_for_sale": {"real": "good"},
    "placeholder": {"real": "bad"},
    "near_placeholder": {"real": "note"},
    "default_server": {"real": "bad"},
    "near_default_server": {"real": "good"},
    "under_construction": {"real": "bad"},
    "near_under_construction": {"real": "good"},
    "login_wall": {"real": "bad", "safe": "note"},
    "near_login_wall": {"real": "good"},
    "login_in_steps": {"real": "bad", "safe": "good"},
    "near_login_in_steps": {"real": "good"},
    "framed": {"real": "bad"},
    "near_framed": {"real": "good"},
    "document": {"real": "bad"},
    "pictured": {"real": "bad"},
    "near_document": {"real": "good", "safe": "good"},
    "lying_type": {"real": "note"},
    "scripted": {"real": "not_measured", "safe": "good"},
    "credential_form": {"real": "good", "safe": "bad"},
    "disguised_password": {"real": "good", "safe": "bad"},
    "near_credential_form": {"real": "good", "safe": "good"},
    "credential_script": {"real": "good", "safe": "note"},
    "near_credential_script": {"real": "good", "safe": "note"},
    "attachment": {"liveness": "bad", "real": "not_measured", "safe": "not_measured"},
    "near_attachment": {"liveness": "good", "real": "good", "safe": "good"},
    "program": {"liveness": "good", "safe": "bad"},
    "download": {"liveness": "good", "safe": "good"},
    "late_download": {"liveness": "good", "real": "good", "safe": "good"},
    "pushy": {"liveness": "good", "real": "good", "safe": "good"},
    "executable": {"real": "good", "safe": "bad"},
    "near_executable": {"real": "good", "safe": "good"},
    "mixed_content": {"safe": "note"},
    "near_mixed_content": {"safe": "good"},
    "phone_overflow": {"real": "good", "rendering": "not_measured"},
    "inaccessible": {"real": "good", "accessibility": "not_measured"},
    "huge_dom": {"safe": "good"},
    "deep_nesting": {"liveness": "good", "real": "not_measured", "safe": "not_measured", "control": "not_measured"},
    "many_links": {"safe": "good"},
    "endless_word": {"liveness": "good", "safe": "good"},
    "bomb": {"liveness": "bad", "real": "not_measured", "safe": "not_measured"},
}
OVER_TLS = ("mixed_content", "near_mixed_content")


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with closing(Inspector(seconds=5)) as one:
        yield one


def seen_of(there: Site, inspector: Inspector, authority: Authority) -> Seen:
    """A check of a site as the pipeline makes it, but for the browser."""
    guard = Guard(frozenset({there.place}), no_names)
    link = guard.read(there.url)
    assert isinstance(link, Link)
    trail = asyncio.run(fetch(link, guard=guard, limits=Limits(), client=Client(authority.roots)))
    home, now = Page(trail), datetime.now(UTC)
    record = CheckRecord(
        url=there.url,
        state=home.verdict.state,
        reason=home.verdict.reason,
        sentence=home.verdict.sentence,
        started_at=now,
        finished_at=now,
        hops=trail.hops,
        total_ms=trail.total_ms,
        title=title_of(trail),
    )
    facts = inspector.facts(source_of(trail), home.url) if home.is_live else None
    return Seen(record, facts, token="5eed" * 8)


def audits_of(name: str, inspector: Inspector, authority: Authority) -> dict[str, Audit]:
    with zoo_site(name, tls=authority.context("127.0.0.1") if name in OVER_TLS else None) as there:
        seen = seen_of(there, inspector, authority)
    return {audit.name: audit for audit in audit_all(seen)}


def test_every_site_is_in_the_table() -> None:
    assert sorted(FINDINGS) == SITES


@pytest.mark.parametrize("name", FINDINGS)
def test_what_is_found_on(name: str, inspector: Inspector, authority: Authority) -> None:
    audits = audits_of(name, inspector, authority)
    found = {auditor: audits[auditor].tone.value for auditor in FINDINGS[name]}
    assert found == FINDINGS[name], {auditor: audits[auditor] for auditor in found}
    assert all(audit.sentence.endswith(".") for audit in audits.values())
    assert all(audit.mend for audit in audits.values() if audit.tone == "bad" and audit.name != "liveness")
