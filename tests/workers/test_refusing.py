"""Production without its database or broker starts from no entry point: one line says what to set."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import load_settings
from marketplace.supervisor import children_of
from tests.support.product import ROOT, free_port

PYTHON = shlex.quote(sys.executable)
ENTRY_POINTS = {
    "up": f"{PYTHON} -m marketplace up",
    "migrations": f"{PYTHON} -m marketplace db upgrade",
    "command": f"{PYTHON} -m marketplace ledger verify",
    "one web process": f"{PYTHON} -m marketplace.serving.worker",
    "flask shell": f"{PYTHON} -m flask --app marketplace.wsgi shell",
    **{f"{child.name} of up": shlex.join(child.command) for child in children_of(load_settings(port=free_port()))},
}
PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "k" * 40,
    "RECEIPT_KEY": "0f" * 32,
    "BASE_URL": "https://prebuilt.example",
    "SMTP_HOST": "mail.example",
    "ALLOW_SANDBOX_PAYMENTS": "true",
}
STORES = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def start(command: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    places = {"DATA_DIR": str(folder), "PORT": str(free_port())}
    return subprocess.run(
        shlex.split(command), cwd=ROOT, env=os.environ | PRODUCTION | places | settings,
        capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize("missing", STORES)
@pytest.mark.parametrize("command", ENTRY_POINTS.values(), ids=ENTRY_POINTS.keys())
def test_production_without_a_store_is_refused(command: str, missing: str, tmp_path: Path) -> None:
    done = start(command, tmp_path, **STORES | {missing: ""})
    [refusal] = {line for line in done.stderr.splitlines() if "can't start" in line}
    assert f"{missing} must be set in production, as in" in refusal
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    assert not list(tmp_path.iterdir()), "nothing was begun"


def test_all_missing_settings_are_named_in_one_line(tmp_path: Path) -> None:
    done = start(ENTRY_POINTS["command"], tmp_path, DATABASE_URL="", REDIS_URL="", SECRET_KEY="")
    [line] = done.stderr.splitlines()
    assert all(name in line for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"))
