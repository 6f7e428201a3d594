"""Keeps the rows that many tests begin with, so that the services that make them run once and not before every test.

    stages.reach("fair", build)     # the first test builds; later ones get a copy of what was there then

On SQLite a stage is a copy of the data folder, database and all, with the clock's moment. On PostgreSQL, where copying
takes longer than building, it is built each time.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from flask import Flask

from config.settings import Settings
from marketplace.core.clock import FixedClock
from tests.support.databases import POSTGRES, WRITES, close

T = TypeVar("T")


@dataclass(frozen=True)
class _Kept:
    given: object
    """What the builder gave: ids and other plain values."""
    folder: Path
    moment: datetime


class Stages:
    """The stages that this process has reached; one is used again only where nothing else was written before it."""

    app: Flask
    """The test's."""

    def __init__(self, folder: Path, home: Path, clock: FixedClock) -> None:
        """`folder` is for the copies, `home` the data folder that tests share."""
        self._folder, self._home, self._clock = folder, home, clock
        self._kept: dict[tuple[object, ...], _Kept] = {}
        self._way: tuple[object, ...] = ()
        """How the database came to be as it is: stage by stage, each with the moment at which it began."""
        self._written = self._written_then = 0

    def note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Count what is written; call for every statement of the process."""
        self._written += bool(WRITES.match(statement))

    def begin(self) -> None:
        """The database was emptied."""
        self._way, self._written_then = (), self._written

    def reach(self, name: str, build: Callable[[], T]) -> T:
        """Have the rows that `build` makes, and get what it gives; call outside of app contexts."""
        settings: Settings = self.app.extensions["settings"]
        self._way += (settings, name, self._clock.moment)
        if POSTGRES or settings.data_dir != self._home or self._written != self._written_then:
            return build()
        close(self.app)  # so that all is in one file
        if kept := self._kept.get(self._way):
            shutil.copytree(kept.folder, self._home, dirs_exist_ok=True)
            self._clock.moment = kept.moment
            return cast(T, kept.given)
        given = build()
        close(self.app)
        folder = shutil.copytree(self._home, self._folder / str(len(self._kept)))
        self._kept[self._way] = _Kept(given, folder, self._clock.moment)
        self._written_then = self._written
        return given
