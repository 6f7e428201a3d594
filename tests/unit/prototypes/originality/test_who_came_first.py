"""Of two near-copies the later one is flagged, by when its content was first seen; crowds and races change nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.core.database import db
from marketplace.prototypes.models import FingerprintBand, Prototype, Resemblance
from marketplace.prototypes.originality.index import FULL
from marketplace.prototypes.originality.services import MOST_NOTED, compare, decide
from marketplace.prototypes.services import change_link, submit_link
from tests.checker.test_fingerprint import changed, prose
from tests.support.factories import START

pytestmark = pytest.mark.both_engines


def after(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def submitted(hours: float) -> Prototype:
    return submit_link(f"https://{hours}.example/", [], after(hours))


def look(prototype: Prototype, text: str, hours: float) -> None:
    compare(prototype, fingerprint_of(text, None), after(hours))


def flagged() -> list[tuple[int, int]]:
    return [(one.prototype_id, one.other_id) for one in db.session.scalars(select(Resemblance))]


def test_early_empty_link_filled_with_a_copy_is_the_later_one(app: Flask) -> None:
    with app.app_context():
        thief, author = submitted(0), submitted(5)
        look(thief, prose(7), 0)
        look(author, prose(1), 5)
        look(thief, prose(1), 9)
        assert flagged() == [(thief.id, author.id)]


def test_link_first_seen_days_later_counts_from_then(app: Flask) -> None:
    with app.app_context():
        thief, author = submitted(0), submitted(5)
        look(author, prose(1), 5)
        look(thief, prose(1), 48)
        assert flagged() == [(thief.id, author.id)]


@pytest.mark.parametrize("every", [40, 20])
def test_edited_page_stays_the_earlier_one(app: Flask, every: int) -> None:
    with app.app_context():
        author, copy = submitted(0), submitted(5)
        look(author, prose(1), 0)
        look(copy, prose(1), 5)
        look(author, changed(prose(1), every), 9)
        assert flagged() == [(copy.id, author.id)]


def test_rewritten_page_is_not_copy_of_its_copy(app: Flask) -> None:
    with app.app_context():
        author, copy = submitted(0), submitted(5)
        look(author, prose(1), 0)
        look(copy, prose(1), 5)
        look(author, prose(2), 9)
        look(author, prose(1), 10)
        assert flagged() == [(copy.id, author.id)]


def test_new_url_is_not_flagged_for_the_old_ones_content(app: Flask) -> None:
    with app.app_context():
        copy, author = submitted(1), submitted(0)
        look(copy, prose(1), 1)
        change_link(copy, "https://new.example/", [], after(2))
        look(author, prose(1), 0.5)
        assert flagged() == []


@pytest.mark.parametrize(("shows", "review"), [(1, "rejected"), (2, "")])
def test_rejection_stays_at_a_new_url_with_the_same_content(app: Flask, shows: int, review: str) -> None:
    with app.app_context():
        author, copy = submitted(0), submitted(5)
        look(author, prose(1), 0)
        look(copy, prose(1), 5)
        decide(db.session.scalars(select(Resemblance)).one(), "rejected", "It is a copy.", after(6))
        for revision in (2, 3):
            change_link(copy, f"{copy.url}?v={revision}", [], after(5 + revision))
            look(copy, prose(shows), 5 + revision)
        assert (copy.revision, copy.review) == (3, review)
        assert flagged() == [(copy.id, author.id)], "one near-copy, with whatever the bidder answered"


def test_full_bands_take_no_more_copies(app: Flask) -> None:
    with app.app_context():
        for number in range(FULL + 10):
            look(submitted(number / 1000), prose(1), number / 1000)
        held = select(func.count(FingerprintBand.prototype_id)).group_by(FingerprintBand.band)
        assert set(db.session.scalars(held)) == {FULL}
        noted = select(func.count(Resemblance.id)).group_by(Resemblance.prototype_id)
        assert max(db.session.scalars(noted)) <= MOST_NOTED
        assert len(set(db.session.scalars(select(Resemblance.prototype_id)))) == FULL + 9


def test_copies_stored_at_the_same_time_find_each_other(app: Flask) -> None:
    with app.app_context():
        ids = [submitted(number).id for number in range(6)]
        db.session.commit()

    def examine(prototype_id: int) -> None:
        with app.app_context():
            look(db.session.get_one(Prototype, prototype_id), prose(1), 6)
            db.session.commit()

    threads = [Thread(target=examine, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len({one for pair in flagged() for one in pair}) == len(ids)
