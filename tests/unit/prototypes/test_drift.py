"""What full checks leave on a prototype's timeline, and what they don't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask

from marketplace.core.database import db
from marketplace.prototypes.drift import note_events
from marketplace.prototypes.examination import Examination
from marketplace.prototypes.originality.fingerprint import fingerprint_of
from marketplace.prototypes.originality.index import keep_print
from marketplace.prototypes.queries import events_of
from marketplace.prototypes.record import CheckRecord
from marketplace.prototypes.rendering.view import Rendering
from marketplace.prototypes.services import submit_link
from tests.support.factories import START
from tests.unit.prototypes.originality.test_fingerprint import prose
from tests.web.bids.test_evidence import FULL

UNSEEN = replace(FULL, rendering=Rendering("no_browser", "There is no browser on this machine."))


def timeline(looks: Iterable[tuple[CheckRecord, str]]) -> list[tuple[str, datetime]]:
    """The events of a prototype that is examined once a day, oldest first."""
    prototype = submit_link("https://a.example/", [], START)
    for number, (record, text) in enumerate(looks):
        print_ = fingerprint_of(text, None)
        note_events(prototype, Examination(record, print_), day(number))
        keep_print(prototype.id, 1, print_, day(number))
    db.session.flush()
    return [(event.kind, event.at) for event in reversed(events_of([prototype.id]).get(prototype.id, []))]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_a_timeline_has_a_date_for_what_changed(app: Flask) -> None:
    with app.app_context():
        found = timeline((FULL, prose(seed)) for seed in (1, 1, 2))
        assert found == [("went_live", day(0)), ("content_changed", day(2))]


def test_a_page_went_live_when_a_browser_saw_it_and_not_before(app: Flask) -> None:
    with app.app_context():
        assert timeline([(UNSEEN, prose(1)), (FULL, prose(1)), (FULL, prose(1))]) == [("went_live", day(1))]


def test_what_no_browser_saw_is_no_change(app: Flask) -> None:
    with app.app_context():
        assert timeline([(FULL, prose(1)), (UNSEEN, "Loading"), (UNSEEN, "Loading")]) == [("went_live", day(0))]
