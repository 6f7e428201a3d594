"""Every field for a web address: https is prepended if the scheme is missing, a typed http stays."""

from __future__ import annotations

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser
from wtforms import StringField
from wtforms.fields.core import UnboundField

from marketplace.web.fields import LinkField
from marketplace.web.forms import BaseForm
from tests.web.bids.conftest import Fair
from tests.web.disputes.conftest import deal, offer

__all__ = ["deal", "offer"]

FIELDS = {"link", "url", "prototype_url", "current_site"}
TYPED = {" ferry.example/a ": "https://ferry.example/a", "http://ferry.example/": "http://ferry.example/"}


@pytest.mark.parametrize(("typed", "kept"), TYPED.items())
def test_portfolio_address_gets_https(fair: Fair, typed: str, kept: str) -> None:
    wanda = fair.as_("wanda")
    wanda.submit("/account/portfolio/new", {"title": "Ferry", "link": typed})
    assert f'href="{kept}"' in wanda.get(wanda.link("/me", "a[href^='/people/']")).text


@pytest.mark.parametrize(("typed", "kept"), TYPED.items())
def test_bid_address_gets_https(fair: Fair, typed: str, kept: str) -> None:
    fay, path = fair.as_("fay"), f"/jobs/{fair.slug}/bids/new"
    assert fay.submit(path, {"prototype_url": typed, "do": "save"}).status_code == 303
    assert value(fay.page(path), "prototype_url") == kept


@pytest.mark.parametrize(("typed", "kept"), TYPED.items())
def test_job_address_gets_https(fair: Fair, typed: str, kept: str) -> None:
    client, path = fair.as_("client"), f"/jobs/{fair.slug}/edit/describe"
    spec = "Members book a slot for the wall in three taps and pay at the desk."
    assert client.submit(path, {"current_site": typed, "spec": spec}).status_code == 303
    assert value(client.page(path), "current_site") == kept


@pytest.mark.parametrize(("typed", "kept"), TYPED.items())
def test_submitted_work_address_gets_https(deal: Any, typed: str, kept: str) -> None:
    wanda, path = deal.pay().fair.as_("wanda"), f"{deal.step}/submit"
    assert wanda.submit(path, {"words": "All is done.", "url": typed}).status_code == 303
    assert value(wanda.page(path), "url") == kept


def test_all_address_fields_are_link_fields() -> None:
    for kind in all_below(BaseForm):
        for name in FIELDS & set(dir(kind)):
            field = getattr(kind, name)
            if isinstance(field, UnboundField) and issubclass(field.field_class, StringField):
                assert issubclass(field.field_class, LinkField), f"{kind.__name__}.{name}"


def all_below(kind: type) -> set[type]:
    return {one for below in kind.__subclasses__() for one in {below, *all_below(below)}}


def value(page: LexborHTMLParser, name: str) -> str | None:
    node = page.css_first(f"main form [name={name}]")
    assert node is not None
    return node.attributes.get("value")
