"""A PgBouncer in transaction mode in front of PostgreSQL, from Debian's package."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.postgres import WAIT_SECONDS, Postgres, ordinary_user
from tests.support.product import free_port


@contextmanager
def running_pgbouncer(server: Postgres, connections: int = 3) -> Generator[str]:
    """Yield its address; all clients share a few server connections, so that leaked session state shows."""
    folder, port = Path(tempfile.mkdtemp(prefix="pgbouncer-")), free_port()
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={server.port} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {connections}\nmax_client_conn = 200\n"
    )
    settings.chmod(0o644)  # read by an ordinary user, whatever the product's umask in this process
    url = server.url.replace(f":{server.port}/", f":{port}/")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, str(settings)], stdout=log, stderr=log, **ordinary_user(folder))
    try:
        _await_answer(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)
        shutil.rmtree(folder, ignore_errors=True)


def _await_answer(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=2, prepare_threshold=None).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"PgBouncer did not start: {log.read_text()}")
