"""A seal opens for its person, in its time, with the site's own keys, and only then."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from marketplace.web.sealing import LIFE_SECONDS, MAX_SEAL, Typed, belongs_to, mark, marked, seal, unseal
from tests.support.factories import START

OLD, NEW = "old" * 12, "new" * 12
TYPED = Typed(
    "/bids/7/edit", (("note", "Ein Satz.\r\nUnd noch einer: 漢字 🎉"), ("portfolio", "1"), ("portfolio", "2")), 5, True
)


def test_what_was_sealed_comes_out_as_it_was() -> None:
    assert unseal(seal(TYPED, [NEW], START), [NEW], START) == TYPED


def test_a_seal_shows_nothing_of_what_it_holds() -> None:
    assert "Satz" not in seal(TYPED, [NEW], START)


def test_a_seal_under_an_earlier_key_opens_too() -> None:
    assert unseal(seal(TYPED, [OLD], START), [NEW, OLD], START) == TYPED


@pytest.mark.parametrize(
    ("token", "keys", "later"),
    [
        (seal(TYPED, [NEW], START), [NEW], LIFE_SECONDS + 1),
        (seal(TYPED, [OLD], START), [NEW], 0),
        (seal(TYPED, [NEW], START)[:-8] + "AAAAAA==", [NEW], 0),
        ("", [NEW], 0),
        ("ä", [NEW], 0),
    ],
    ids=["too old", "another key", "changed", "empty", "no token"],
)
def test_any_other_seal_opens_not(token: str, keys: list[str], later: int) -> None:
    assert unseal(token, keys, START + timedelta(seconds=later)) is None


def test_more_than_a_form_could_carry_is_not_sealed() -> None:
    noise = "".join(Random(1).choices([chr(code) for code in range(0x4E00, 0x9FFF)], k=MAX_SEAL))
    assert seal(Typed("/", (("note", noise),)), [NEW], START) == ""


@pytest.mark.parametrize(
    ("shown_to", "person", "fits"), [(5, 5, True), (5, 6, False), (5, None, False), (None, 6, True)]
)
def test_a_form_belongs_to_whom_it_was_shown(shown_to: int | None, person: int | None, fits: bool) -> None:
    assert belongs_to(Typed("/", (), shown_to), person) is fits


def test_a_mark_says_for_whom_a_form_was_shown_and_cannot_be_made_up() -> None:
    assert marked(mark(5, [OLD]), [NEW, OLD]) == 5
    assert marked(mark(5, [OLD]), [NEW]) is None
    assert marked("NQ.made-up", [NEW]) is None
