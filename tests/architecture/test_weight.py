"""What every page carries stays light: our own styles and scripts, compressed as a server sends them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "marketplace/static"


@pytest.mark.parametrize(("files", "most"), [("css/*.css", 10_240), ("js/*.js", 6_144)])
def test_own_files_stay_light(files: str, most: int) -> None:
    sources = [path.read_bytes() for path in STATIC.glob(files)]
    assert sources
    assert sum(len(gzip.compress(source)) for source in sources) <= most
