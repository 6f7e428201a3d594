"""Of two windows on one form the older one overwrites nothing: both texts are shown, and resubmitting decides."""

from __future__ import annotations

import pytest
from flask import Flask
from selectolax.lexbor import LexborHTMLParser

from marketplace.web.forms import EditForm
from tests.web.bids.conftest import Fair
from tests.web.typed.table import FORMS, Form

NEWER = "What the other window stored: twelve pages, three languages, and a calendar that members can use."
OLDER = "What this window holds: ten pages, two languages, and the calendar as the brief asks for it, no more."
MORE = {"changed piece": {"title": "Ferry"}, "review": {"quality": "5", "on_time": "4", "contact": "4"}}
EDITING = {name: form for name, form in FORMS.items() if issubclass(form.kind, EditForm)}
del EDITING["requirements"], EDITING["new piece"], EDITING["new bid"], EDITING["credits"]


@pytest.mark.parametrize("name", EDITING)
def test_older_window_shows_both_texts_and_overwrites_nothing(
    app: Flask, fair: Fair, request: pytest.FixtureRequest, name: str
) -> None:
    form: Form = EDITING[name]
    path, browser = form.path(request.getfixturevalue), fair.as_(form.who)
    older = browser.page(path)
    more = MORE.get(name, {})
    assert browser.submit(path, {form.field: NEWER, **more}, form=form.selector).status_code == 303

    refused = browser.send(older, path, {form.field: OLDER, **more}, form=form.selector)
    assert refused.status_code == 409
    texts = [node.text() for node in LexborHTMLParser(refused.text).css(".both .as-typed")]
    assert NEWER in texts
    assert OLDER in texts
    assert NEWER in browser.page(path).text()

    assert browser.send(refused, path, form=form.selector).status_code == 303
    assert OLDER in browser.page(path).text()


def test_window_that_stored_the_same_is_no_clash(fair: Fair) -> None:
    browser, path = fair.as_("wanda"), "/account/profile"
    older = browser.page(path)
    for _ in range(2):
        assert browser.send(older, path, {"about": NEWER}).status_code == 303


@pytest.mark.parametrize(
    ("topic", "wrong", "right"),
    [
        ("budget", {"budget_min": "abc", "budget_max": "900"}, {"budget_min": "", "budget_max": "1200"}),
        ("describe", {"title": "x" * 300, "spec": OLDER}, {"title": "Booking site", "spec": NEWER}),
    ],
)
def test_partial_save_of_a_refused_draft_is_no_clash(
    fair: Fair, request: pytest.FixtureRequest, topic: str, wrong: dict[str, str], right: dict[str, str]
) -> None:
    browser = fair.as_("client")
    path = FORMS["brief of a draft"].path(request.getfixturevalue).replace("describe", topic)
    refused = browser.submit(path, wrong)
    assert refused.status_code == 422
    assert browser.send(refused, path, right).status_code == 303


def test_partial_save_of_a_refused_bid_is_no_clash(fair: Fair) -> None:
    browser = fair.as_("fay")
    path = browser.submit(f"/jobs/{fair.slug}/bids/new", {"note": OLDER, "do": "save"}).location
    refused = browser.submit(path, {"note": NEWER, "price": "abc", "do": "save"})
    assert refused.status_code == 422
    assert browser.send(refused, path, {"note": f"{NEWER} Truly.", "price": "900", "do": "save"}).status_code == 303
