"""The product as of before a migration, exported from the repository's history, to run beside the current one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.product import ROOT


@dataclass(frozen=True)
class OldRelease:
    """A folder with the old code, run with today's dependencies."""

    folder: Path

    def command(self, *arguments: str, **settings: str) -> None:
        """Run the old `marketplace ARGUMENTS`; fails with its output."""
        environment = os.environ | {"PYTHONPATH": str(self.folder), "REDIS_URL": "", **settings}
        done = subprocess.run(
            [sys.executable, "-m", "marketplace", *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]


def before(migration: Path, folder: Path) -> OldRelease:
    """Export the code just before this migration was added, wherever that commit is in history.

    An uncommitted migration comes after HEAD. Needs the full history: a shallow clone fails.
    """
    added = ["log", "--diff-filter=A", "--format=%H", "-1", "--", str(migration.relative_to(ROOT))]
    commit = _git(*added).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", f"{commit}^" if commit else "HEAD"))) as archive:
        archive.extractall(folder, filter="data")
    return OldRelease(folder)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
