"""Access table: every page of the room for every kind of visitor."""

from __future__ import annotations

import pytest

from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO
from tests.web.contracts.conftest import Deal

AWARDING = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "/bids/{wanda}/award"): (303, 404, 404, 403, 200, 404, 403, 403),
    ("GET", "/bids/{wanda}/awarded"): (303, 404, 404, 403, 404, 404, 404, 403),
    ("POST", "/bids/{wanda}/award"): (303, 404, 404, 403, 303, 404, 403, 403),
}
OFFER = {
    ("GET", "/contracts"): (303, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "{path}"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/contract.pdf"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/calendar.ics"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{path}/sign"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("POST", "{path}/sign"): (303, 404, 404, 422, 422, 404, 403, 403),
    ("GET", "{path}/withdraw"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("POST", "{path}/withdraw"): (303, 404, 404, 422, 422, 404, 403, 403),
    ("GET", "{path}/terms"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("GET", "{path}/end"): (303, 404, 404, 409, 409, 404, 403, 403),
    ("GET", "{path}/proposals/1"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("POST", "{path}/proposals/1/agree"): (303, 404, 404, 303, 403, 404, 403, 403),
    ("GET", "{path}/handover/source"): (303, 404, 404, 403, 403, 404, 403, 403),
    ("GET", "{path}/secrets/new"): (303, 404, 404, 403, 403, 404, 403, 403),
    ("GET", "{step}/fund"): (303, 404, 404, 409, 409, 404, 403, 403),
}
RUNNING = {
    ("GET", "{step}/fund"): (303, 404, 404, 409, 409, 404, 403, 403),
    ("POST", "{step}/fund"): (303, 404, 404, 403, 303, 404, 403, 403),
    ("GET", "{step}/submit"): (303, 404, 404, 200, 409, 404, 403, 403),
    ("POST", "{step}/submit"): (303, 404, 404, 422, 403, 404, 403, 403),
    ("GET", "{step}/changes"): (303, 404, 404, 409, 200, 404, 403, 403),
    ("POST", "{step}/changes"): (303, 404, 404, 403, 422, 404, 403, 403),
    ("GET", "{step}/approve"): (303, 404, 404, 409, 200, 404, 403, 403),
    ("POST", "{step}/approve"): (303, 404, 404, 403, 422, 404, 403, 403),
    ("GET", "{step}/live"): (303, 404, 404, 200, 200, 404, 404, 200),
    ("GET", "{step}/pictures/production-wide"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("POST", "{step}/check"): (303, 404, 404, 303, 303, 404, 403, 403),
    ("GET", "{path}/end"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("GET", "{path}/handover/source"): (303, 404, 404, 200, 403, 404, 403, 403),
    ("POST", "{path}/handover/source"): (303, 404, 404, 422, 403, 404, 403, 403),
    ("GET", "{path}/secrets/new"): (303, 404, 404, 200, 200, 404, 403, 403),
    ("GET", "{path}/secrets/1"): (303, 404, 404, 404, 404, 404, 403, 403),
    ("GET", "/contracts/999999"): (303, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/milestones/999999/live"): (303, 404, 404, 404, 404, 404, 404, 404),
}


def answers(fair: Fair, method: str, url: str) -> dict[str, int]:
    found = []
    for who in WHO:
        browser = fair.as_(who)
        found.append((browser.get(url) if method == "GET" else browser.post(url, {"version": "1"})).status_code)
    return dict(zip(WHO, found, strict=True))


@pytest.mark.parametrize(("page", "expected"), AWARDING.items(), ids=[" ".join(page) for page in AWARDING])
def test_access_by_person(fair: Fair, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    assert answers(fair, method, path.format(**fair.bids)) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("page", "expected"), OFFER.items(), ids=[" ".join(page) for page in OFFER])
def test_access_to_offer(offer: Deal, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(path=offer.path, step=offer.step)
    assert answers(offer.fair, method, url) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("page", "expected"), RUNNING.items(), ids=[" ".join(page) for page in RUNNING])
def test_access_to_running_contract(deal: Deal, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    deal.hand_in(url="https://gym.example/")
    url = path.format(path=deal.path, step=deal.step)
    assert answers(deal.fair, method, url) == dict(zip(WHO, expected, strict=True))
