"""One `marketplace up` a data folder: the second is told who has it, and a killed one holds nothing up."""

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


def test_the_second_is_told_who_has_the_folder_and_a_killed_holder_is_none(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(CannotStart, match=f"process {other.pid}, at http"), our_data_folder(settings):
            pass
        other.send_signal(signal.SIGKILL)
    with our_data_folder(settings):
        pass


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "up.lock").mkdir()
    with (
        pytest.raises(CannotStart, match="can't be written to"),
        our_data_folder(load_settings(data_dir=tmp_path)),
    ):
        pass
