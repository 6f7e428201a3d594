"""A room needs its folder and its line in `marketplace/rooms.py`, nothing else; workers get it without its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from marketplace.rooms import ROOMS
from tests.support.product import ROOT

TOY = {
    "__init__.py": '"""A toy."""',
    "room.py": """
from marketplace.core import events
from marketplace.core.rooms import Room
from marketplace.core.sweeps import Sweep
from toy_room.heard import remember, sweep

ROOM = Room(
    views="toy_room.views",
    listeners=((events.job_submitted, remember),),
    sweeps=(Sweep("toy.sweep", sweep, every=7, queue="chores"),),
    commands=("toy_room.command:toy",),
    template_globals={"toy_word": lambda: "a word"},
    template_filters={"toy_twice": lambda text: text * 2},
)
""",
    "heard.py": """
HEARD = []

def remember(sender, **_):
    HEARD.append(sender)

def sweep(clock, seconds):
    HEARD.append("swept")
    return 0
""",
    "views.py": """
from flask import Blueprint, render_template_string

bp = Blueprint("toys", __name__)

@bp.get("/toys")
def show():
    return render_template_string("{{ toy_word() }} {{ 'ab'|toy_twice }}")
""",
    "command.py": """
import click

@click.command()
def toy():
    click.echo("the toy's command")
""",
}
"""File -> source of a room with one of everything."""

ADD_ITS_LINE = """
import json, sys
import marketplace.rooms as rooms
from toy_room.room import ROOM
rooms.ROOMS = (*rooms.ROOMS, ROOM)
"""
IN_THE_WEB = """
from click.testing import CliRunner
from config.settings import load_settings
from marketplace.app import create_app
from marketplace.cli import cli
from marketplace.core import events
from toy_room.heard import HEARD
app = create_app(load_settings())
events.job_submitted.send("somebody")
page = app.test_client().get("/toys")
print(json.dumps({
    "page": page.text, "heard": HEARD, "command": CliRunner().invoke(cli, ["toy"]).output,
}))
"""
IN_A_WORKER = """
from importlib import import_module
import workers.app as workers
from marketplace.core import events
from toy_room.heard import HEARD
workers.flask_app()
events.job_submitted.send("somebody")
workers.celery.tasks["toy.sweep"]()
plan = workers.celery.conf.beat_schedule["toy.sweep"]
routes = workers.flask_app().extensions["doorbell"].conf.task_routes
print(json.dumps({
    "heard": HEARD, "seconds": plan["schedule"].seconds, "queue": routes["toy.sweep"]["queue"],
    "modules": [name for name in sys.modules if name.startswith(("marketplace.", "toy_room."))],
}))
"""


@pytest.fixture(scope="module")
def toy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy_room").mkdir()
    for name, source in TOY.items():
        (folder / "toy_room" / name).write_text(source)
    return folder


def tell(code: str, folder: Path) -> dict[str, Any]:
    """What a process prints as JSON that runs `code` in a product with the toy room."""
    path = os.pathsep.join([str(folder), str(ROOT)])
    environment = os.environ | {"PYTHONPATH": path, "DATA_DIR": str(folder / "data")}
    printed = subprocess.run(
        [sys.executable, "-c", ADD_ITS_LINE + code], env=environment, cwd=folder, check=True, stdout=subprocess.PIPE
    ).stdout
    return json.loads(printed.splitlines()[-1])


def test_a_room_of_one_line_brings_page_global_filter_listener_and_command(toy_folder: Path) -> None:
    assert tell(IN_THE_WEB, toy_folder) == {
        "page": "a word abab", "heard": ["somebody"], "command": "the toy's command\n",
    }  # fmt: skip


def test_workers_sweep_and_listen_for_every_room_without_its_pages_forms_or_commands(toy_folder: Path) -> None:
    told = tell(IN_A_WORKER, toy_folder)
    assert (told["heard"], told["seconds"], told["queue"]) == (["somebody", "swept"], 7, "chores")
    assert "marketplace.moderation.room" in told["modules"]
    assert [name for name in told["modules"] if {"views", "forms", "web", "command"} & set(name.split("."))] == []


def test_every_folder_with_a_room_is_listed() -> None:
    assert len(set(map(id, ROOMS))) == len(list((ROOT / "marketplace").glob("*/room.py")))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.views)
def test_every_template_global_has_one_owner(room: Any) -> None:
    others = [other for other in ROOMS if other is not room]
    assert not set(room.template_globals) & {name for other in others for name in other.template_globals}


def test_upper_rooms_explain_a_likeness_first() -> None:
    explainers = [explainer.__name__ for room in reversed(ROOMS) for explainer in room.explainers]
    assert explainers == ["explain_watched_site", "explain_production", "explain_by_bids"]


TEMPLATES = ROOT / "templates"
FLOORS = {room.views.split(".")[1]: floor for floor, room in enumerate(ROOMS) if room.views} | {"prototypes": 0}
"""Room, which is its folder of templates as well -> how high it stands."""


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_include_nothing_of_rooms_above(path: Path) -> None:
    floor = FLOORS.get(path.parent.name, len(ROOMS) + 1)
    included = re.findall(r"(?:include|import|from|extends) [\"']([a-z]+)/", path.read_text())
    assert [room for room in included if FLOORS.get(room, 0) > floor] == []


@pytest.mark.parametrize("path", sorted((ROOT / "marketplace").rglob("*.py")), ids=lambda path: path.stem)
def test_templates_are_given_things_by_views_and_not_behind_their_backs(path: Path) -> None:
    if path.relative_to(ROOT / "marketplace").parts[0] in ("core", "web", "pages"):
        return
    assert not re.search(r"template_global\(|context_processor|template_filter\(|jinja_env\.globals", path.read_text())


def test_template_globals_ask_no_database() -> None:
    asked = {name: getattr(one, "__module__", "") for room in ROOMS for name, one in room.template_globals.items()}
    assert {
        name for name, module in asked.items() if module.split(".")[-1] in ("queries", "services", "views")
    } == set()
