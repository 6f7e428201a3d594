"""Each room has a short page that tells a newcomer what it is for, its states, and whom it tells."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketplace.core import events

MARKETPLACE = Path(__file__).resolve().parents[2] / "marketplace"
WITHOUT_PAGES = {MARKETPLACE / "prototypes", MARKETPLACE / "ranking"}
ROOMS = sorted({path.parent for path in MARKETPLACE.glob("*/room.py")} | WITHOUT_PAGES)
SIGNALS = [name for name, value in vars(events).items() if hasattr(value, "send") and not name.startswith("_")]


def page_of(room: Path) -> str:
    return (room / "README.md").read_text()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_names_the_signals_that_it_sends(room: Path) -> None:
    code = "\n".join(path.read_text() for path in room.rglob("*.py"))
    sent = {name for name in SIGNALS if re.search(rf"\b{name}\.send\(", code)}
    assert not [name for name in sent if f"`{name}`" not in page_of(room)]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_names_its_states(room: Path) -> None:
    states = room / "states.py"
    names = re.findall(r"^class (\w+State)\(", states.read_text(), re.MULTILINE) if states.exists() else []
    assert not [name for name in names if f"`{name}`" not in page_of(room)]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_what_a_room_says_to_begin_with_is_there(room: Path) -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", page_of(room).split("**Begin with**")[1])
    assert named
    assert not [name for name in named if not (room / name).exists()]
