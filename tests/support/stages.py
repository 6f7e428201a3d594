"""Cache the rows that many tests begin with, so that they are built once and not for every test.

    stages.reach("fair", build)     # the first test builds; later ones get a copy

On SQLite a stage is a copy of the data folder, including the database, and the clock's time. On PostgreSQL it is built
each time, since copying would take longer.
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
    """Result of the builder: ids and other plain values."""
    folder: Path
    moment: datetime


class Stages:
    """The stages of this process; one is reused only if nothing else was written before it."""

    app: Flask
    """The current test's app."""

    def __init__(self, folder: Path, home: Path, clock: FixedClock) -> None:
        """`folder` holds the copies, `home` is the data folder that tests share."""
        self._folder, self._home, self._clock = folder, home, clock
        self._kept: dict[tuple[object, ...], _Kept] = {}
        self._way: tuple[object, ...] = ()
        """History of the database: stage by stage, each with the time at which it began."""
        self._written = self._written_then = 0

    def note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        """Track writes; call for every statement of the process."""
        self._written += bool(WRITES.match(statement))

    def begin(self) -> None:
        """Note that the database was emptied."""
        self._way, self._written_then = (), self._written

    def reach(self, name: str, build: Callable[[], T]) -> T:
        """Provide the rows that `build` makes and return its result; call outside of app contexts."""
        settings: Settings = self.app.extensions["settings"]
        self._way += (settings, name, self._clock.moment)
        if POSTGRES or settings.data_dir != self._home or self._written != self._written_then:
            return build()
        close(self.app)  # so that all data is in one file
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
