from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from config.settings import Settings, load_settings
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.support.databases import Databases
from tests.web.bids.conftest import Fair, reload


@pytest.fixture
def settings(tmp_path: Path, databases: Databases) -> Settings:
    return load_settings(
        data_dir=tmp_path, database_url=databases.clean(tmp_path), redis_url="", rate_limits=True, secret_key="t" * 40
    )


def test_checks_are_limited_and_saving_is_not(fair: Fair, clock: FixedClock) -> None:
    fay = fair.as_("fay")
    fields = {"csrf_token": fay.csrf_token(), "do": "check"}
    url = f"/jobs/{fair.slug}/bids/new"
    checks: list[int] = []
    for number in range(14):
        clock.moment += timedelta(seconds=1)
        link = f"https://demo.example/?v={number}"
        checks.append(fay.http.post(url, data={**fields, "prototype_url": link}).status_code)
    assert checks == [303] * 12 + [429] * 2
    assert fay.http.post(url, data={**fields, "do": "save"}).status_code == 303


def test_new_links_of_placed_bid_count_as_checks(fair: Fair) -> None:
    wanda, url = fair.as_("wanda"), f"/bids/{fair.bids['wanda']}/edit"
    sent = [
        wanda.submit(url, {"prototype_url": f"https://demo.example/?v={number}"}).status_code for number in range(14)
    ]
    assert (sent[:12], sent[12:]) == ([303] * 12, [429] * 2)
    assert wanda.submit(url, {"days": "17"}).status_code == 303


def test_refused_checks_do_not_count_and_limit_page_links_back(app: Flask, fair: Fair, clock: FixedClock) -> None:
    bob, url = fair.as_("bob"), f"/bids/{fair.bids['bob']}"
    for number in range(12):
        clock.moment += timedelta(minutes=2)
        with app.app_context():
            prototype = reload(fair.bids["bob"]).prototype
            assert prototype
            prototype.state = "live"
            db.session.commit()
        assert bob.post(f"{url}/check").status_code == 303, number
        if number < 11:
            assert bob.post(f"{url}/check").status_code == 303, "too soon, and said on the page"
    answer = bob.post(f"{url}/check")
    assert answer.status_code == 429
    assert "twelve times an hour" in answer.text
    assert f'href="{url}"' in answer.text


def test_refused_check_shows_no_success_message(fair: Fair) -> None:
    bob, url = fair.as_("bob"), f"/bids/{fair.bids['bob']}"
    bob.post(f"{url}/check")
    bob.post(f"{url}/check")
    banner = bob.page(url).css_first(".banner")
    assert banner is not None
    assert "being checked already" in banner.text()
    assert "Done" not in banner.text()
