"""Access table: every page of the room for every kind of visitor, sealed and revealed."""

from __future__ import annotations

import pytest

from tests.web.bids.test_access import WHO
from tests.web.reviews.conftest import Done

SEALED = {
    # Wanda has written, Cleo has not   anonymous fay  nora wanda client other suspended admin
    ("GET", "{path}/review"): (303, 404, 404, 200, 200, 404, 403, 404),
    ("POST", "{path}/review"): (303, 404, 404, 422, 422, 404, 403, 404),
    ("GET", "/reviews/{wandas}"): (404, 404, 404, 200, 404, 404, 404, 404),
    ("GET", "/reviews/{wandas}/correct"): (303, 404, 404, 403, 404, 404, 403, 404),
    ("POST", "/reviews/{wandas}/correct"): (303, 404, 404, 403, 404, 404, 403, 404),
    ("GET", "/reviews/{wandas}/reply"): (303, 404, 404, 403, 404, 404, 403, 404),
    ("POST", "/reviews/{wandas}/reply"): (303, 404, 404, 403, 404, 404, 403, 404),
    ("POST", "/reviews/{wandas}/show"): (303, 404, 404, 403, 404, 404, 403, 404),
    ("GET", "/report/review/{wandas}"): (303, 404, 404, 404, 404, 404, 403, 404),
    ("GET", "/report/reply/{wandas}"): (303, 404, 404, 404, 404, 404, 403, 404),
    ("GET", "/people/{wanda}/reviews"): (200, 200, 200, 200, 200, 200, 200, 200),
}
REVEALED = {
    # both have written                 anonymous fay  nora wanda client other suspended admin
    ("GET", "{path}/review"): (303, 404, 404, 409, 409, 404, 403, 404),
    ("POST", "{path}/review"): (303, 404, 404, 409, 409, 404, 403, 404),
    ("GET", "/reviews/{wandas}"): (200, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "/reviews/{wandas}/correct"): (303, 404, 404, 200, 403, 404, 403, 404),
    ("POST", "/reviews/{wandas}/correct"): (303, 404, 404, 303, 403, 404, 403, 404),
    ("GET", "/reviews/{wandas}/reply"): (303, 404, 404, 403, 200, 404, 403, 404),
    ("POST", "/reviews/{wandas}/reply"): (303, 404, 404, 403, 422, 404, 403, 404),
    ("POST", "/reviews/{wandas}/show"): (303, 404, 404, 403, 303, 404, 403, 404),
    ("POST", "/reviews/{wandas}/steal"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/report/review/{wandas}"): (303, 200, 200, 404, 200, 200, 403, 200),
    ("GET", "/report/reply/{wandas}"): (303, 404, 404, 404, 404, 404, 403, 404),  # there is no reply
    ("GET", "/people/{wanda}/reviews?as=client"): (200, 200, 200, 200, 200, 200, 200, 200),
    ("GET", "/people/{wanda}/reviews?as=judge"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/people/nobody/reviews"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/reviews/999999"): (404, 404, 404, 404, 404, 404, 404, 404),
    ("GET", "/contracts/999999/review"): (303, 404, 404, 404, 404, 404, 403, 404),
}


def answers(done: Done, method: str, url: str) -> dict[str, int]:
    found = []
    for who in WHO:
        browser = done.fair.as_(who)
        words = {"text": "I mixed up the dates."} if "correct" in url else {}
        found.append((browser.get(url) if method == "GET" else browser.post(url, words)).status_code)
    return dict(zip(WHO, found, strict=True))


@pytest.mark.parametrize(("page", "expected"), SEALED.items(), ids=[" ".join(page) for page in SEALED])
def test_access_to_sealed_reviews(done: Done, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    url = path.format(path=done.path, wandas=done.write("freelancer"), wanda=done.slug("freelancer"))
    assert answers(done, method, url) == dict(zip(WHO, expected, strict=True))


@pytest.mark.parametrize(("page", "expected"), REVEALED.items(), ids=[" ".join(page) for page in REVEALED])
def test_access_to_revealed_reviews(done: Done, page: tuple[str, str], expected: tuple[int, ...]) -> None:
    method, path = page
    done.write("client")
    url = path.format(path=done.path, wandas=done.write("freelancer"), wanda=done.slug("freelancer"))
    assert answers(done, method, url) == dict(zip(WHO, expected, strict=True))
