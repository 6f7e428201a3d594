"""The verdict on each observation: live, broken, refused or unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from marketplace.checker.fetch.result import FetchProblem, FetchResult, Hop, Timings
from marketplace.checker.guard.blocks import Refusal
from marketplace.checker.verdict import judge

URL = "https://example.com/"


def result(
    status: int | None = None, *, body: int = 500, problem: FetchProblem | None = None, **facts: Any
) -> FetchResult:
    hop = replace(Hop(URL, status=status, decoded_bytes=body, problem=problem, timings=Timings(total=420)), **facts)
    return FetchResult((hop,), b"x" * body)


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [
        (200, "live", "answered"),
        (201, "live", "answered"),
        (203, "live", "answered"),
        (204, "broken", "empty_page"),
        (300, "broken", "not_a_page"),
        (304, "broken", "not_a_page"),
        (400, "broken", "not_a_page"),
        (401, "broken", "asks_for_password"),
        (402, "broken", "not_a_page"),
        (403, "broken", "forbidden"),
        (404, "broken", "not_found"),
        (408, "unknown", "asked_to_wait"),
        (410, "broken", "gone"),
        (418, "broken", "not_a_page"),
        (425, "unknown", "asked_to_wait"),
        (429, "unknown", "asked_to_wait"),
        (451, "broken", "not_a_page"),
        (500, "broken", "server_error"),
        (502, "broken", "server_error"),
        (503, "broken", "server_error"),
        (504, "broken", "server_error"),
    ],
)
def test_a_status_gives_the_verdict(status: int, state: str, reason: str) -> None:
    verdict = judge(result(status))
    assert (verdict.state, verdict.reason) == (state, reason)


NEVER_THE_BIDDERS = {
    FetchProblem.NAME_NO_ANSWER, FetchProblem.NAME_TIMEOUT, FetchProblem.CONNECT_TIMEOUT, FetchProblem.NO_NETWORK,
    FetchProblem.OWN_FAULT, FetchProblem.UNREADABLE_ENCODING, FetchProblem.HOST_BUSY, FetchProblem.OUT_OF_TIME,
}  # fmt: skip


@pytest.mark.parametrize("problem", [problem for problem in FetchProblem if problem is not FetchProblem.REFUSED])
def test_a_problem_is_broken_only_when_it_was_observed_of_the_site(problem: FetchProblem) -> None:
    verdict = judge(result(problem=problem))
    assert verdict.state == ("unknown" if problem in NEVER_THE_BIDDERS else "broken")
    assert verdict.reason == problem
    assert verdict.sentence.endswith(".")


def test_refusal_gives_its_own_sentence() -> None:
    refusal = Refusal("private", "This link points to a private network address, which we never open.")
    verdict = judge(FetchResult((Hop(URL, problem=FetchProblem.REFUSED),), refusal=refusal))
    assert (verdict.state, verdict.reason, verdict.sentence) == ("refused", refusal.code, refusal.sentence)


def test_a_refusal_behind_a_redirect_says_so() -> None:
    refusal = Refusal("private", "This link points to a private network address, which we never open.")
    verdict = judge(
        FetchResult((Hop(URL, status=302), Hop("http://10.0.0.1/", problem=FetchProblem.REFUSED)), refusal=refusal)
    )
    assert verdict.sentence.startswith("This link redirects; the address it leads to points to a private")


def test_maintenance_with_retry_after_is_unknown() -> None:
    assert judge(result(503, retry_after="120")).state == "unknown"


def test_a_bot_wall_is_unknown_not_forbidden() -> None:
    assert judge(result(403, challenge=True)).reason == "bot_wall"


@pytest.mark.parametrize(
    ("content_type", "state"),
    [
        ("text/html; charset=utf-8", "broken"),
        ("Application/XHTML+XML", "broken"),
        ("", "live"),
        ("application/pdf", "live"),
        ("application/x-msdownload", "live"),
    ],
)
def test_html_sent_as_attachment_is_broken(content_type: str, state: str) -> None:
    assert judge(result(200, attachment=True, content_type=content_type)).state == state
    assert judge(result(200, content_type=content_type)).state == "live"


def test_an_empty_page_is_broken() -> None:
    assert judge(result(200, body=0)).reason == "empty_page"


def test_page_cut_at_the_budget_is_live() -> None:
    assert judge(result(200, cut=True)).state == "live"


def test_live_verdict_tells_the_response_time() -> None:
    assert judge(result(200)).sentence == "Live: answered in 0.4 s."
