"""A seal opens only for its person, within its lifetime, and with the site's own keys."""

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


def test_sealed_input_is_returned_unchanged() -> None:
    assert unseal(seal(TYPED, [NEW], START), [NEW], START) == TYPED


def test_seal_does_not_reveal_its_content() -> None:
    assert "Satz" not in seal(TYPED, [NEW], START)


def test_seal_by_earlier_key_opens() -> None:
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
def test_invalid_seal_does_not_open(token: str, keys: list[str], later: int) -> None:
    assert unseal(token, keys, START + timedelta(seconds=later)) is None


def test_oversized_input_is_not_sealed() -> None:
    noise = "".join(Random(1).choices([chr(code) for code in range(0x4E00, 0x9FFF)], k=MAX_SEAL))
    assert seal(Typed("/", (("note", noise),)), [NEW], START) == ""


@pytest.mark.parametrize(
    ("shown_to", "person", "fits"), [(5, 5, True), (5, 6, False), (5, None, False), (None, 6, True)]
)
def test_form_belongs_to_whom_it_was_shown(shown_to: int | None, person: int | None, fits: bool) -> None:
    assert belongs_to(Typed("/", (), shown_to), person) is fits


def test_mark_names_the_person_and_can_not_be_forged() -> None:
    assert marked(mark(5, [OLD]), [NEW, OLD]) == 5
    assert marked(mark(5, [OLD]), [NEW]) is None
    assert marked("NQ.made-up", [NEW]) is None
