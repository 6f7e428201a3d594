"""Both pages of the room, for everybody who may come: what each gets."""

from __future__ import annotations

import pytest

from tests.web.bids.conftest import Fair
from tests.web.bids.test_access import WHO

TABLE = {
    # page                     anonymous fay  nora wanda client other suspended admin
    ("GET", "/bids/{wanda}/award"): (303, 404, 404, 403, 200, 404, 403, 403),
    ("GET", "/bids/{wanda}/awarded"): (303, 404, 404, 403, 404, 404, 404, 403),
    ("POST", "/bids/{wanda}/award"): (303, 404, 404, 403, 303, 404, 403, 403),
}


@pytest.mark.parametrize(("page", "expected"), TABLE.items(), ids=[" ".join(page) for page in TABLE])
def test_who_gets_in(fair: Fair, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(**fair.bids)
    answers = []
    for who in WHO:
        browser = fair.as_(who)
        answers.append((browser.get(url) if method == "GET" else browser.post(url, {"version": "1"})).status_code)
    assert dict(zip(WHO, answers, strict=True)) == dict(zip(WHO, expected, strict=True))
