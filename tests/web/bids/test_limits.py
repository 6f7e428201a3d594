from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import Settings, load_settings
from tests.support.databases import Databases
from tests.web.bids.conftest import Fair


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> Settings:
    return load_settings(
        data_dir=tmp_path, database_url=databases.clean(tmp_path), redis_url="", rate_limits=True, secret_key="t" * 40
    )


def test_checks_are_limited_and_saving_goes_on(fair: Fair) -> None:
    fay = fair.as_("fay")
    fields = {"csrf_token": fay.csrf_token(), "prototype_url": "https://demo.example/"}
    url = f"/jobs/{fair.slug}/bids/new"
    checks = [fay.http.post(url, data={**fields, "do": "check"}).status_code for _ in range(14)]
    assert checks == [303] * 12 + [429] * 2
    assert fay.http.post(url, data={**fields, "do": "save"}).status_code == 303


def test_new_links_of_a_placed_bid_are_checks_too(fair: Fair) -> None:
    wanda, url = fair.as_("wanda"), f"/bids/{fair.bids['wanda']}/edit"
    sent = [
        wanda.submit(url, {"prototype_url": f"https://demo.example/?v={number}"}).status_code for number in range(14)
    ]
    assert (sent[:12], sent[12:]) == ([303] * 12, [429] * 2)
    assert wanda.submit(url, {"days": "17"}).status_code == 303
