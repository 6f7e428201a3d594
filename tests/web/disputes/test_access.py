"""Access table: every page of the room for every kind of visitor."""

from __future__ import annotations

import pytest

from tests.support.disputes import answered
from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO
from tests.web.contracts.conftest import Deal
from tests.web.disputes.conftest import Case

HELD = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "{step}/dispute"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("POST", "{step}/dispute"): (303, 404, 404, 422, 422, 404, 403, 403),
    ("GET", "{step}/dispute/newest"): (303, 404, 404, 409, 409, 404, 404, 409),
    ("GET", "/milestones/999999/dispute"): (303, 404, 404, 404, 404, 404, 403, 404),
}
OPENED = {
    ("GET", "{step}/dispute"): (303, 404, 404, 303, 303, 404, 403, 403),
    ("GET", "{step}/dispute/newest"): (303, 404, 404, 303, 303, 404, 404, 303),
    ("GET", "{path}"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/evidence"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/evidence.zip"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/calendar.ics"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/files/999999"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("POST", "{path}/statements"): (303, 404, 404, 422, 422, 404, 404, 403),
    ("POST", "{path}/files"): (303, 404, 404, 422, 422, 404, 404, 403),
    ("GET", "{path}/split"): (303, 404, 404, 200, 200, 404, 404, 403),
    ("POST", "{path}/split"): (303, 404, 404, 422, 422, 404, 404, 403),
    ("GET", "{path}/split/1"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("POST", "{path}/split/1"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("POST", "{path}/split/1/decline"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("POST", "{path}/split/1/take_back"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("GET", "{path}/withdraw"): (303, 404, 404, 409, 200, 404, 404, 403),
    ("POST", "{path}/withdraw"): (303, 404, 404, 403, 303, 404, 404, 403),
    ("GET", "{path}/appeal"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("POST", "{path}/appeal"): (303, 404, 404, 409, 409, 404, 404, 403),
    ("GET", "/admin{path}/rule"): (303, 404, 404, 404, 404, 404, 404, 409),
    ("GET", "/disputes/999999"): (303, 404, 404, 404, 404, 404, 404, 404),
}
ANSWERED = {
    ("GET", "/admin/disputes"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("GET", "/admin{path}/rule"): (303, 404, 404, 404, 404, 404, 404, 200),
    ("POST", "/admin{path}/rule"): (303, 404, 404, 404, 404, 404, 404, 422),
}


def answers(fair: Fair, method: str, url: str) -> dict[str, int]:
    found: list[int] = []
    for who in WHO:
        browser = fair.as_(who)
        with browser.get(url) if method == "GET" else browser.post(url) as answer:
            found.append(answer.status_code)
    return dict(zip(WHO, found, strict=True))


@pytest.mark.parametrize(("page", "expected"), HELD.items(), ids=[" ".join(page) for page in HELD])
def test_access_to_milestone_without_dispute(deal: Deal, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(step=deal.pay().step)
    assert answers(deal.fair, method, url) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("page", "expected"), OPENED.items(), ids=[" ".join(page) for page in OPENED])
def test_access_to_dispute(case: Case, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(path=case.path, step=case.deal.step)
    assert answers(case.deal.fair, method, url) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("page", "expected"), ANSWERED.items(), ids=[" ".join(page) for page in ANSWERED])
def test_access_to_ruling(case: Case, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    with case.deal.app.app_context():
        answered(case.load())
    url = path.format(path=case.path)
    assert answers(case.deal.fair, method, url) == dict(zip(WHO, expected, strict=True))
