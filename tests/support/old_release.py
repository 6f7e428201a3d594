"""The product as it was before a migration, exported from the repository's own history, to run beside today's."""

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
    """A folder with the code of then; today's dependencies run it."""

    folder: Path

    def command(self, *arguments: str, **settings: str) -> None:
        """Run `marketplace ARGUMENTS` of then; fails with what it said."""
        environment = os.environ | {"PYTHONPATH": str(self.folder), "REDIS_URL": "", **settings}
        done = subprocess.run(
            [sys.executable, "-m", "marketplace", *arguments],
            cwd=self.folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]


def before(migration: Path, folder: Path) -> OldRelease:
    """The code as it stood just before this migration was added, wherever history has that commit by now.

    A migration that is not committed yet comes after all that is. Needs the whole history: a shallow clone fails.
    """
    added = ["log", "--diff-filter=A", "--format=%H", "-1", "--", str(migration.relative_to(ROOT))]
    commit = _git(*added).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", f"{commit}^" if commit else "HEAD"))) as archive:
        archive.extractall(folder, filter="data")
    return OldRelease(folder)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
