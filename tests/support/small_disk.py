"""A disk that is soon full, in memory; mounting it takes root, or sudo without a password."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 32


class SmallDisk:
    """What is on the disk is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not one byte."""
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(2**20))
            except OSError:
                return

    def make_room(self) -> None:
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int = MEGABYTES) -> Generator[SmallDisk]:
    """Mounted over `folder` while the block runs."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={megabytes}m,mode=1777"
    subprocess.run([*root, "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run([*root, "umount", "--lazy", folder], check=True)
