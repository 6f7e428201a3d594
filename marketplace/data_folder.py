"""The data folder of `marketplace up`: exists, has room, and is used by one instance at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TextIO

from config.settings import Settings
from marketplace.supervisor import CannotStart

LOCK = "up.lock"
MIN_FREE_BYTES = 200 * 1024 * 1024


@contextmanager
def our_data_folder(settings: Settings) -> Generator[None]:
    """Lock the folder against any other `marketplace up` while the block runs.

    Raises CannotStart when it can't be created, its disk is nearly full, or another instance uses it: two brokers on
    one append-only file would corrupt it. The system releases the lock when this process ends, even if killed.
    """
    _make(settings)
    try:
        lock = (settings.data_path / LOCK).open("a+")
    except OSError as error:
        raise CannotStart(f"The data folder {settings.data_path} can't be written to: {error.strerror}.") from error
    with lock:
        _take(lock, settings)
        yield


def _make(settings: Settings) -> None:
    try:
        settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(settings.data_path).free
    except OSError as error:
        raise CannotStart(f"The data folder {settings.data_path} can't be made: {error.strerror}.") from error
    if free < MIN_FREE_BYTES:
        raise CannotStart(f"{settings.data_path} has {free // 2**20} MB left on its disk; Prebuilt needs 200 MB.")


def _take(lock: TextIO, settings: Settings) -> None:
    lock.seek(0)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart(
            f"Another Prebuilt works in {settings.data_path}: {lock.read().strip()}. Stop that one (Ctrl-C), "
            f"or give this one its own folder and port: make run DATA_DIR=.data-2 PORT={settings.port + 1}"
        ) from None
    except OSError as error:
        raise CannotStart(f"{settings.data_path / LOCK} can't be locked: {error.strerror}.") from error
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, at {settings.site_url}, since {datetime.now(UTC):%d %B %Y, %H:%M} UTC\n")
    lock.flush()
