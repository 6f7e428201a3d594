"""A movable clock: a program started with its `environment` sees the time shifted by some seconds.

Uses libfaketime (Debian: libfaketime), which works with PostgreSQL, but breaks Python's time.sleep as of 0.9.10.
"""

from __future__ import annotations

from pathlib import Path

FOLDERS = ("/usr/lib", "/usr/local/lib", "/opt")


class MovedClock:
    """File from which the program reads its clock's offset."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.move(0)
        file.chmod(0o644)

    def move(self, seconds: int) -> None:
        """Set the offset from the true time in seconds."""
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}\n")
        draft.chmod(0o644)
        draft.replace(self._file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(_library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }


def _library() -> Path:
    found = [one for folder in FOLDERS for one in Path(folder).glob("**/faketime/libfaketimeMT.so.1")]
    assert found, "these tests need libfaketime: apt install libfaketime"
    return found[0]
