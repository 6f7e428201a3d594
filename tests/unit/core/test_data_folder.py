"""One `marketplace up` per data folder: a second is told who uses it, and a killed one leaves no lock."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load_settings
from marketplace.data_folder import our_data_folder
from marketplace.supervisor import CannotStart
from tests.support.product import ROOT

HOLD = """
import sys, time
from config.settings import load_settings
from marketplace.data_folder import our_data_folder
with our_data_folder(load_settings(data_dir=sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_second_instance_is_told_the_holder_and_killed_holder_frees_the_folder(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(CannotStart, match=f"process {other.pid}, at http"), our_data_folder(settings):
            pass
        other.send_signal(signal.SIGKILL)
    with our_data_folder(settings):
        pass


def test_unwritable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "up.lock").mkdir()
    with (
        pytest.raises(CannotStart, match="can't be written to"),
        our_data_folder(load_settings(data_dir=tmp_path)),
    ):
        pass
