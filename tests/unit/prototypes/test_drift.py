"""What full checks leave on a prototype's timeline, and what they don't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask

from marketplace.checker.browser.view import Rendering
from marketplace.checker.examination import Examination
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.checker.record import CheckRecord
from marketplace.core.database import db
from marketplace.prototypes.drift import change_between, note_events
from marketplace.prototypes.models import PrototypeEvent
from marketplace.prototypes.originality.index import keep_print
from marketplace.prototypes.queries import events_of
from marketplace.prototypes.services import change_link, submit_link
from tests.checker.test_fingerprint import prose
from tests.support.factories import START
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


def rewritten(share: float) -> str:
    """A page whose text is new to that share, from the top down."""
    old, new = prose(1).split(), prose(2).split()
    border = round(share * len(old))
    return " ".join(new[:border] + old[border:])


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_timeline_dates_each_change(app: Flask) -> None:
    with app.app_context():
        found = timeline((FULL, prose(seed)) for seed in (1, 1, 2))
        assert found == [("went_live", day(0)), ("content_changed", day(2))]


def test_page_went_live_when_a_browser_saw_it(app: Flask) -> None:
    with app.app_context():
        assert timeline([(UNSEEN, prose(1)), (FULL, prose(1)), (FULL, prose(1))]) == [("went_live", day(1))]


def test_change_without_a_browser_is_no_event(app: Flask) -> None:
    with app.app_context():
        assert timeline([(FULL, prose(1)), (UNSEEN, "Loading"), (UNSEEN, "Loading")]) == [("went_live", day(0))]


@pytest.mark.parametrize("share", [0.09, 0.03])
def test_gradual_replacement_is_reported_before_a_third_is_new(app: Flask, share: float) -> None:
    with app.app_context():
        found = timeline((FULL, rewritten(share * number)) for number in range(int(0.34 / share) + 1))
        assert {kind for kind, _ in found} == {"went_live", "content_changed"}


def test_small_changes_add_up_until_reported(app: Flask) -> None:
    pages = [rewritten(0.02 * number) for number in range(16)]
    prints = [fingerprint_of(page, None) for page in pages]
    assert not any(change_between(*pair) for pair in pairwise(prints)), "no day's change is one by itself"
    with app.app_context():
        told = [at for kind, at in timeline((FULL, page) for page in pages) if kind == "content_changed"]
        assert 2 <= len(told) <= 6


def test_unchanged_page_has_no_event(app: Flask) -> None:
    with app.app_context():
        assert timeline([(FULL, prose(1))] * 30) == [("went_live", day(0))]


def test_check_without_a_browser_hides_no_change(app: Flask) -> None:
    with app.app_context():
        found = timeline([(FULL, prose(1)), (UNSEEN, prose(2)), (FULL, prose(2))])
        assert found == [("went_live", day(0)), ("content_changed", day(2))]


def test_event_without_a_fingerprint_is_compared_with_the_newest(app: Flask) -> None:
    with app.app_context():
        prototype = submit_link("https://a.example/", [], START)
        db.session.add(
            PrototypeEvent(
                prototype_id=prototype.id, revision=1, at=START, kind="went_live", sentence="Seen.", details={}
            )
        )
        keep_print(prototype.id, 1, fingerprint_of(prose(1), None), START)
        note_events(prototype, Examination(FULL, fingerprint_of(prose(2), None)), day(1))
        assert [event.kind for event in events_of([prototype.id])[prototype.id]] == ["content_changed", "went_live"]


def test_other_proof_of_control_is_no_event(app: Flask) -> None:
    with app.app_context():
        prototype = submit_link("https://a.example/", [], START)
        for number, control in enumerate(("meta", "file", "dns", "", "meta")):
            note_events(prototype, Examination(UNSEEN, None, control=control), day(number))
            prototype.control = control
        db.session.flush()
        told = [event.kind for event in reversed(events_of([prototype.id])[prototype.id])]
        assert told == ["control_proven", "control_lost", "control_proven"]


def test_events_name_their_url(app: Flask) -> None:
    with app.app_context():
        prototype = submit_link("https://a.example/", [], START)
        for number, url in enumerate(("https://a.example/", "https://b.example/", "https://a.example/")):
            change_link(prototype, url, [], day(number))
            note_events(prototype, Examination(FULL, fingerprint_of(prose(1), None)), day(number))
            db.session.flush()
        assert [event.sentence for event in reversed(events_of([prototype.id])[prototype.id])] == [
            "Seen live in a browser for the first time at this URL.",
            "Seen live in a browser for the first time at https://b.example/.",
            "Seen live in a browser again at https://a.example/, where it was before.",
        ]
