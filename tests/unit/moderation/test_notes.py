"""Bursts of near-identical cover notes are found despite changes, in linear time."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.moderation.noticing.notes import ALIKE, Note, alike, bursts, likeness, shingles_of
from tests.support.factories import START

TEXT = (
    "Dear Cleo, I have read your brief for the climbing gym with great care and I am sure that my team is the right "
    "one for it. We have built forty sites of this kind, we answer within the hour, and we never miss a date we gave."
)
OTHERS = TEXT.replace("Cleo", "Otto").replace("climbing gym", "bakery")
OWN = (
    "The hardest part of your brief is the waiting list: two members may press at once, so I hold the slot first and "
    "ask for the money afterwards. My page at the link does that already; the cellar of your gym is in its menu."
)


def note(bid: int, person: int, job: int, minutes: float, text: str = TEXT) -> Note:
    return Note(bid, person, job, START + timedelta(minutes=minutes), text)


def test_notes_with_changed_words_are_alike_and_independent_answers_are_not() -> None:
    assert likeness(shingles_of(TEXT), shingles_of(OTHERS)) >= ALIKE
    assert likeness(shingles_of(TEXT), shingles_of(OWN)) < 0.2
    assert likeness(shingles_of(TEXT), shingles_of(TEXT.upper().replace(",", " ;"))) == 1


def test_one_account_on_five_jobs_within_an_hour_is_a_burst() -> None:
    notes = [note(bid, 1, bid, 14 * bid, TEXT if bid % 2 else OTHERS) for bid in range(5)]
    (burst,) = bursts(notes)
    assert (len(burst.notes), burst.people, burst.jobs) == (5, 1, 5)
    assert bursts(notes[:4]) == []


def test_three_accounts_within_an_hour_are_a_burst_on_any_number_of_jobs() -> None:
    (burst,) = bursts([note(bid, bid, 1, 20 * bid) for bid in range(3)])
    assert (burst.people, burst.jobs) == (3, 1)
    assert bursts([note(bid, bid % 2, 1, bid) for bid in range(4)]) == []  # two accounts


def test_same_notes_over_a_day_are_no_burst() -> None:
    assert bursts([note(bid, 1, bid, 16 * bid) for bid in range(20)]) == []
    assert bursts([note(bid, bid, bid, 31 * bid) for bid in range(20)]) == []


def test_burst_leaves_out_notes_from_hours_before() -> None:
    (burst,) = bursts([note(0, 1, 0, 0), *(note(bid, 1, bid, 300 + bid) for bid in range(1, 6))])
    assert [one.bid_id for one in burst.notes] == [1, 2, 3, 4, 5]


def test_different_answers_are_no_burst() -> None:
    words = ("slot", "pay", "light", "door", "rope", "wall", "book", "team", "cash", "shoe", "hour", "plan")
    chance = random.Random(3)
    notes = [note(bid, bid, 1, bid, " ".join(chance.choices(words, k=40))) for bid in range(50)]
    assert bursts(notes) == []


@given(st.permutations(range(8)))
def test_result_does_not_depend_on_order_of_notes(order: list[int]) -> None:
    notes = [note(bid, bid % 4, bid, bid, TEXT if bid % 3 else OWN) for bid in range(8)]
    assert bursts(notes[at] for at in order) == bursts(notes)


@pytest.mark.parametrize("kind", ["all the same", "all alike in part", "empty"])
def test_five_thousand_notes_take_linear_time(kind: str) -> None:
    """Ten times as many notes take about ten times as long, even adversarial ones."""
    chance = random.Random(5)

    def text() -> str:
        ends = {"all the same": TEXT, "all alike in part": TEXT[:110] + str(chance.random()) * 9, "empty": "."}
        return ends[kind]

    def seconds(count: int) -> float:
        notes = [note(bid, bid, bid % 50, bid / 100, text()) for bid in range(count)]
        started = time.process_time()
        assert alike(notes) is not None
        assert bursts(notes) is not None
        return time.process_time() - started

    few = max(seconds(500), 0.01)
    assert seconds(5_000) < 40 * few
