"""`marketplace up` explains in one sentence why it can't start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load_settings
from marketplace.cli import announce
from tests.support.product import ROOT


def up(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "marketplace", "up"]
    environment = os.environ | {"DATA_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": "", **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = up(tmp_path, PORT=str(port))
    assert done.returncode == 78
    assert f"Port {port} on 127.0.0.1 can't be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("PORT", "many"), ("ENVIRONMENT", "production"), ("WEB_PROCESSES", "0")]
)
def test_invalid_settings(tmp_path: Path, setting: str, value: str) -> None:
    done = up(tmp_path, **{setting: value})
    assert done.returncode == 78
    assert "Prebuilt can't start" in done.stderr
    assert "Traceback" not in done.stderr


def test_data_folder_that_can_not_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = up(tmp_path / "file" / "data", PORT="18999")
    assert done.returncode == 78
    assert "can't be made" in done.stderr


def test_site_open_to_the_network_gets_a_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce(load_settings(data_dir=tmp_path, host="0.0.0.0", port=8123), 1.0, with_sample=True)  # noqa: S104
    said = capsys.readouterr().out
    assert "http://127.0.0.1:8123/mail, on this machine only" in said
    assert "HOST=0.0.0.0: whoever reaches this machine reaches the site, and the passwords above are public." in said


def test_site_on_loopback_gets_no_warning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    announce(load_settings(data_dir=tmp_path, host="127.0.0.1"), 1.0, with_sample=True)
    assert "whoever reaches" not in capsys.readouterr().out


@pytest.mark.parametrize("command", [("db", "upgrade"), ("ledger", "verify")], ids=" ".join)
def test_unavailable_database_is_reported_in_a_line(tmp_path: Path, command: tuple[str, str]) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "marketplace", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 69
    assert done.stderr.startswith("The database can't be used: ")
    assert len(done.stderr.splitlines()) == 1
