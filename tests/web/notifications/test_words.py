"""Each kind of news has a template, each event a block in it, and each page an address."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.contracts.schedule import What
from marketplace.moderation.listeners import OUTCOMES
from marketplace.notifications.addresses import PAGES, path_to
from marketplace.notifications.contracts import REMINDED
from marketplace.notifications.kinds import KINDS
from marketplace.notifications.telling import news


def blocks(app: Flask, kind: str) -> set[str]:
    return set(app.jinja_env.get_template(f"notifications/news/{kind}.txt").blocks)


def test_workers_page_addresses_match_the_site(app: Flask) -> None:
    served = {(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()}
    assert {(rule.endpoint, rule.rule) for rule in PAGES.iter_rules()} <= served


def test_page_path_is_built_from_endpoint_and_arguments() -> None:
    assert path_to("bids.show", bid_id=7) == "/bids/7"
    assert path_to("jobs.show", slug="a-job") == "/jobs/a-job"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_wording(app: Flask, kind: str) -> None:
    assert blocks(app, kind)


def test_every_reminder_has_wording(app: Flask) -> None:
    assert blocks(app, "reminder") == {str(what) for what in REMINDED}
    assert set(REMINDED) <= set(What)


def test_every_report_outcome_has_wording(app: Flask) -> None:
    assert blocks(app, "report") == {*OUTCOMES, "acted"}


def test_first_line_is_the_subject_and_the_rest_the_body(app: Flask) -> None:
    with app.app_context():
        told = news(1, "message", "written", "key", "messages.thread", at={"bid_id": 7},
                    sender={"name": "Wanda <Works>"}, text="Hello.\n\nGo & see.")  # fmt: skip
    assert (told.subject, told.body) == ("Wanda <Works> wrote to you", "Hello.\n\nGo & see.")
    assert told.path == "/bids/7/messages"
