"""Uploaded files, kept outside the web root under names that no user chose."""

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
"""Mode bits that grant access to anybody but the owner."""


def keep_private() -> None:
    """Set the umask, so that other users can't read what this process creates."""
    os.umask(OTHERS)


def private_folder(path: Path) -> Path:
    """Create a folder for its owner alone, remove others' access to an existing one, and return its path."""
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
        """Store `content` atomically (a crash or a full disk leaves no partial file) and return its key."""
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
            Path(draft).unlink(missing_ok=True)  # a partial file would keep a full disk full
        return key

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes are free on the disk."""
        try:
            private_folder(self.root)
            return shutil.disk_usage(self.root).free >= size
        except OSError:
            return False

    def path(self, key: str) -> Path:
        """Return the path of the file of `key`; raises ValueError if it is no key."""
        if not _KEY.fullmatch(key):
            raise ValueError("not a file key")
        return self.root / key[:2] / key
