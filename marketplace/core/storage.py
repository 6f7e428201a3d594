"""Files that people upload, kept outside the web root under names that nobody typed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

_KEY = re.compile(r"[0-9a-f]{64}")


OTHERS = 0o077
"""The bits of a mode that let others than the owner in."""


def keep_private() -> None:
    """Whatever this process makes from now on, nobody else on the machine can read."""
    os.umask(OTHERS)


def private_folder(path: Path) -> Path:
    """Make a folder of ours for its owner alone, close it to others where it was open, and give its path."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS)
    return path


class FileStore:
    """Content-addressed files in one folder; the key is the SHA-256 of the bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, content: bytes) -> str:
        """Store `content` whole or not at all (a crash or a full disk leaves no half file) and give its key."""
        key = hashlib.sha256(content).hexdigest()
        path = self.path(key)
        if path.exists():
            return key
        private_folder(path.parent)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(path)
        finally:
            Path(draft).unlink(missing_ok=True)  # a half one would keep a full disk full
        return key

    def has_room(self, size: int) -> bool:
        """Whether so many bytes are free on the disk."""
        try:
            private_folder(self.root)
            return shutil.disk_usage(self.root).free >= size
        except OSError:
            return False

    def path(self, key: str) -> Path:
        """Where the file of `key` is; raises ValueError for anything that is no key."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a file key")
        return self.root / key[:2] / key
