"""What a room adds to the product, declared in its room.py; web, workers and the command line loop over all rooms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules, resolve_name
from typing import Any

from blinker import Signal
from click import Command
from flask import Blueprint, Flask

from config.settings import Settings
from marketplace.core.sweeps import Sweep

Listeners = tuple[tuple[Signal, Callable[..., object]], ...]
"""Pairs of a signal and its listener; a listener writes its rows in the sender's transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """All that one room adds. Pages and commands are import strings, so that workers import neither."""

    views: str = ""
    """Module or package of its pages. All modules in it are imported; every blueprint named `bp` is registered."""
    listeners: Listeners = ()
    """Signal listeners, connected in every process."""
    sweeps: tuple[Sweep, ...] = ()
    """Tasks that workers run periodically, or when the doorbell rings."""
    explainers: tuple[Callable[[Any], Any], ...] = ()
    """Functions that explain why a prototype resembles an earlier one: see `prototypes/originality/explaining.py`."""
    commands: tuple[str, ...] = ()
    """Command-line commands, each "module:name"."""
    template_globals: Mapping[str, Any] = field(default_factory=dict[str, Any])
    template_filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict[str, Callable[..., Any]])
    form_targets: Callable[[Settings], tuple[str, ...]] = lambda _: ()
    """Foreign origins to which its forms may lead, for the Content-Security-Policy."""
    start: Callable[[Flask, Settings], None] | None = None
    """Setup in every process."""
    start_web: str = ""
    """Setup in web processes: "module:function", called like `start`."""


def start_room(room: Room, app: Flask, settings: Settings) -> None:
    """Set the room up in any process; connecting a listener twice has no effect."""
    if room.start:
        room.start(app, settings)
    for signal, listener in room.listeners:
        signal.connect(listener)


def start_web(room: Room, app: Flask, settings: Settings) -> None:
    """Set up what the room's pages and templates need."""
    app.jinja_env.globals.update(room.template_globals)
    app.jinja_env.filters.update(room.template_filters)
    if room.start_web:
        resolve_name(room.start_web)(app, settings)


def blueprints_of(room: Room) -> list[Blueprint]:
    """Return the room's blueprints with all their pages."""
    if not room.views:
        return []
    views = import_module(room.views)
    names = [f"{room.views}.{one.name}" for one in iter_modules(getattr(views, "__path__", ()))]
    modules = [views, *map(import_module, names)]
    return list(dict.fromkeys(module.bp for module in modules if hasattr(module, "bp")))


def commands_of(room: Room) -> list[Command]:
    """Return the room's commands."""
    return [resolve_name(command) for command in room.commands]


def routes_of(rooms: Iterable[Room]) -> dict[str, dict[str, str]]:
    """Map tasks to the queues on which to ring for them, in Celery's format."""
    return {sweep.task: {"queue": sweep.queue} for room in rooms for sweep in room.sweeps}
