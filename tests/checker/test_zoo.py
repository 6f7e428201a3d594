"""Every site of the zoo: its verdict, and what the auditors find without a browser."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from marketplace.checker.audits.registry import audit_all
from marketplace.checker.fetch.client import Client
from marketplace.checker.fetch.result import FetchLimits
from marketplace.checker.inspector import Inspector
from tests.support.certificates import EXPIRED, NOT_YET_VALID, Authority, self_signed
from tests.support.zoo import SITES, zoo_site
from tests.support.zoo_visits import quick_look


class Found(NamedTuple):
    """What a check comes to: state and reason of its verdict, and the tone of the auditors that matter."""

    state: str
    reason: str
    tones: dict[str, str]


def live(**tones: str) -> Found:
    return Found("live", "answered", tones)


def failed(reason: str, state: str = "broken") -> Found:
    """Only its liveness is told, and that is bad."""
    return Found(state, reason, {"liveness": "bad"} | dict.fromkeys(("real", "safe", "control"), "not_measured"))


FINDINGS = {
    "working": live(liveness="good", real="good", safe="good", control="note"),
    "copied": live(liveness="good", real="good", safe="good"),
    "one_page": live(liveness="good", real="good", safe="good"),
    "slow": live(liveness="note"),
    "broken": failed("server_error"),
    "asks_for_password": failed("asks_for_password"),
    "parked": live(liveness="good", real="bad"),
    "near_parked": live(real="good"),
    "for_sale": live(real="bad"),
    "near_for_sale": live(real="good"),
    "placeholder": live(real="bad"),
    "near_placeholder": live(real="note"),
    "default_server": live(real="bad"),
    "near_default_server": live(real="good"),
    "under_construction": live(real="bad"),
    "near_under_construction": live(real="good"),
    "login_wall": live(real="bad", safe="note"),
    "near_login_wall": live(real="good"),
    "login_in_steps": live(real="bad", safe="good"),
    "near_login_in_steps": live(real="good"),
    "framed": live(real="bad"),
    "near_framed": live(real="good"),
    "document": live(real="bad"),
    "pictured": live(real="bad"),
    "near_document": live(real="good", safe="good"),
    "scripted": live(real="not_measured", safe="good"),
    "credential_form": live(real="good", safe="bad"),
    "disguised_password": live(real="good", safe="bad"),
    "near_credential_form": live(real="good", safe="good"),
    "credential_script": live(real="good", safe="note"),
    "near_credential_script": live(real="good", safe="note"),
    "attachment": failed("download"),
    "near_attachment": live(liveness="good", real="good", safe="good"),
    "program": live(liveness="good", safe="bad"),
    "download": live(liveness="good", safe="good"),
    "late_download": live(liveness="good", real="good", safe="good"),
    "pushy": live(liveness="good", real="good", safe="good"),
    "executable": live(real="good", safe="bad"),
    "near_executable": live(real="good", safe="good"),
    "mixed_content": live(safe="note"),
    "near_mixed_content": live(safe="good"),
    "phone_overflow": live(real="good", rendering="not_measured"),
    "inaccessible": live(real="good", accessibility="not_measured"),
    # Redirects
    "redirecting": live(liveness="note", real="good", safe="good"),
    "redirect_loop": failed("too_many_redirects"),
    "script_redirect": live(safe="note"),
    "crlf_redirect": live(liveness="good", real="good", safe="good"),
    "split_redirect": failed("not_http"),
    "cookies_across": live(liveness="good", real="good", safe="note"),
    "password_redirect": failed("user_info", "refused"),
    "inward_redirect": failed("loopback", "refused"),
    "metadata_redirect": failed("link_local", "refused"),
    # Answers that don't come, don't end or aren't what they say
    "silent": failed("silent"),
    "drips_headers": failed("slow_headers"),
    "drips_body": failed("slow_body"),
    "huge_header": failed("headers_too_big"),
    "many_headers": failed("headers_too_big"),
    "wrong_length": failed("wrong_length"),
    "huge_body": live(liveness="note", safe="good"),
    "gzip_bomb": failed("bomb"),
    "brotli_bomb": failed("bomb"),
    "zstd_bomb": failed("bomb"),
    "false_encoding": failed("bad_encoding"),
    "odd_encoding": Found("unknown", "unreadable_encoding", {"liveness": "not_measured", "real": "not_measured"}),
    "lying_type": live(real="note"),
    "program_as_page": live(real="note", safe="good"),
    # Certificates that browsers warn of
    "tls_expired": failed("tls_expired"),
    "tls_not_yet_valid": failed("tls_not_yet_valid"),
    "tls_wrong_name": failed("tls_wrong_name"),
    "tls_self_signed": failed("tls_self_signed"),
    "tls_untrusted": failed("tls_untrusted"),
    # Markup that is hard to read
    "huge_dom": live(safe="good"),
    "deep_nesting": live(liveness="good", real="not_measured", safe="not_measured", control="not_measured"),
    "many_links": live(safe="good"),
    "endless_word": live(liveness="good", safe="good"),
    # Pages that reach for what they may not: in a browser (tests/render/test_zoo.py)
    "inward_meta_refresh": live(real="good", safe="good"),
    "inward_script_redirect": live(real="good", safe="good"),
    "inward_frames": live(real="good", safe="good"),
    "inward_images": live(real="good", safe="good"),
    "inward_fetch": live(real="good", safe="good"),
    "inward_web_socket": live(real="good", safe="good"),
    "inward_web_rtc": live(real="good", safe="good"),
    "inward_service_worker": live(real="good", safe="good"),
    "inward_download": live(real="good", safe="good"),
    "inward_popup": live(real="good", safe="good"),
}
IMPATIENT = ("silent", "drips_headers", "drips_body")
"""Sites that stall; they time out after a second instead of ten."""
CERTIFICATES: dict[str, Callable[[Authority, Path], ssl.SSLContext]] = {
    "mixed_content": lambda authority, folder: authority.context("127.0.0.1"),
    "near_mixed_content": lambda authority, folder: authority.context("127.0.0.1"),
    "tls_expired": lambda authority, folder: authority.context("127.0.0.1", **EXPIRED),
    "tls_not_yet_valid": lambda authority, folder: authority.context("127.0.0.1", **NOT_YET_VALID),
    "tls_wrong_name": lambda authority, folder: authority.context("other.example"),
    "tls_self_signed": lambda authority, folder: self_signed(folder),
    "tls_untrusted": lambda authority, folder: Authority(folder).context("127.0.0.1"),
}
"""All others are plain HTTP."""


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with closing(Inspector(seconds=5)) as one:
        yield one


def test_every_site_is_in_the_table() -> None:
    assert sorted(FINDINGS) == SITES


@pytest.mark.parametrize("name", FINDINGS)
def test_quick_check_of_zoo_site(name: str, inspector: Inspector, authority: Authority, tmp_path: Path) -> None:
    certificate = CERTIFICATES.get(name)
    limits = FetchLimits(seconds=1.0) if name in IMPATIENT else FetchLimits()
    with zoo_site(name, tls=certificate and certificate(authority, tmp_path)) as there:
        seen = quick_look(there, inspector, Client(authority.roots), limits)
    audits = {audit.name: audit for audit in audit_all(seen)}
    tones = {auditor: audits[auditor].tone.value for auditor in FINDINGS[name].tones}
    assert Found(seen.record.state, seen.record.reason, tones) == FINDINGS[name], audits
    assert all(audit.sentence.endswith(".") for audit in audits.values())
    assert all(audit.mend for audit in audits.values() if audit.tone == "bad" and audit.name != "liveness")
