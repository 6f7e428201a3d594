"""The index finds near-copies among stored prints, and only looks where a band is shared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from marketplace.checker.audits.audit import Audit
from marketplace.checker.likeness.compare import bands_of
from marketplace.checker.likeness.fingerprint import fingerprint_of
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Conflict
from marketplace.prototypes.drift import change_between
from marketplace.prototypes.models import FingerprintBand, Prototype, Resemblance
from marketplace.prototypes.originality.explaining import Explanation
from marketplace.prototypes.originality.index import alike, candidates, keep_print
from marketplace.prototypes.originality.services import compare, decide
from marketplace.prototypes.services import submit_link
from tests.checker.test_fingerprint import changed, picture, prose
from tests.support.factories import START

pytestmark = pytest.mark.both_engines


def seen(words: str, later: int = 0) -> tuple[Prototype, Audit]:
    """A prototype submitted so many hours after the start, compared with those before."""
    moment = START + timedelta(hours=later)
    prototype = submit_link(f"https://{later}.example/", [], moment)
    return prototype, compare(prototype, fingerprint_of(words, None), moment)


def test_a_near_copy_is_found_and_the_later_one_flagged(app: Flask) -> None:
    with app.app_context():
        first, said = seen(prose(1))
        assert said.tone == "good"
        second, said = seen(changed(prose(1), 50), 1)
        assert (said.tone, said.evidence["state"]) == ("note", "flagged")
        assert (first.review, second.review) == ("", "flagged")
        assert db.session.scalars(select(Resemblance.other_id)).all() == [first.id]


def test_order_of_full_checks_does_not_decide_who_is_flagged(app: Flask) -> None:
    with app.app_context():
        copy, _ = seen(prose(1), later=2)
        original, said = seen(prose(1), later=1)
        assert said.tone == "good"
        assert (original.review, copy.review) == ("", "flagged")


def test_unrelated_pages_are_not_even_candidates(app: Flask) -> None:
    with app.app_context():
        seen(prose(1))
        assert alike(fingerprint_of(prose(2), None)) == {}


def test_the_same_pair_is_noted_once_for_a_revision(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        seen(prose(1))
        copy, _ = seen(prose(1), 1)
        compare(copy, fingerprint_of(changed(prose(1), 60), None), clock.now())
        assert len(db.session.scalars(select(Resemblance)).all()) == 1


def test_explanation_removes_the_flag(app: Flask) -> None:
    app.extensions["explainers"] = (
        lambda _: None,
        lambda _: Explanation("it is the bidder’s own earlier work."),
        lambda _: Explanation("nobody asks for a second answer."),
    )
    with app.app_context():
        seen(prose(1))
        copy, said = seen(prose(1), 1)
        assert copy.review == ""
        assert "own earlier work" in said.sentence


@pytest.mark.parametrize("verdict", ["cleared", "rejected"])
def test_near_copy_is_decided_once(app: Flask, clock: FixedClock, verdict: str) -> None:
    with app.app_context():
        seen(prose(1))
        copy, _ = seen(prose(1), 1)
        noted = db.session.scalars(select(Resemblance)).one()
        decide(noted, verdict, "Looked at both.", clock.now())
        assert copy.review == verdict
        with pytest.raises(Conflict):
            decide(noted, "cleared", "Again.", clock.now())


def test_new_fingerprint_replaces_the_old(app: Flask, clock: FixedClock) -> None:
    with app.app_context():
        prototype, _ = seen(prose(1))
        keep_print(prototype.id, 1, fingerprint_of(prose(2), None), clock.now())
        assert set(db.session.scalars(select(FingerprintBand.band))) == set(bands_of(fingerprint_of(prose(2), None)))


def test_candidate_lookup_uses_the_index(app: Flask) -> None:
    with app.app_context():
        prefix = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
        asked = candidates([1, 2, 3]).compile(db.engine, compile_kwargs={"literal_binds": True})
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("SET LOCAL enable_seqscan = off"))  # the table is empty; a scan would be right
        plan = " ".join(str(row) for row in db.session.execute(text(f"{prefix} {asked}")))
        assert "SEARCH" in plan or "Index" in plan or "Bitmap" in plan


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (fingerprint_of(prose(1), picture(1)), None),
        (fingerprint_of(changed(prose(1), 200), picture(1)), None),
        (fingerprint_of(prose(2), picture(1)), "of its text"),
        (fingerprint_of(prose(1), picture(2)), "its look"),
        (fingerprint_of("Sold", picture(1)), "its text"),
    ],
    ids=["same", "a counter", "new text", "new look", "text gone"],
)
def test_change_rule(after: Any, words: str | None) -> None:
    change = change_between(fingerprint_of(prose(1), picture(1)), after)
    assert (change is None) if words is None else (change and words in change.sentence)
