"""The whole product as a person starts it: `marketplace up` in a process of its own, in an empty folder."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 200
CHECKOUT = [sys.executable, "-m", "marketplace"]


@dataclass(frozen=True)
class Product:
    """A running marketplace."""

    url: str
    environment: dict[str, str]
    log: Path
    program: list[str]
    cwd: Path

    def command(self, *arguments: str) -> str:
        """Run `marketplace ARGUMENTS` against the same data and give what it printed."""
        done = subprocess.run(
            [*self.program, *arguments],
            cwd=self.cwd, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout


@contextmanager
def running_product(
    folder: Path, *arguments: str, program: list[str] = CHECKOUT, cwd: Path = ROOT, **settings: str
) -> Generator[Product]:
    """`marketplace up ARGUMENTS` while the block runs; `settings` are environment variables."""
    port = str(free_port())
    environment = os.environ | {"DATA_DIR": str(folder), "PORT": port, "DATABASE_URL": "", "REDIS_URL": "", **settings}
    log = folder / "up.log"
    command = [*program, "up", *arguments]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=out, stderr=subprocess.STDOUT)
    product = Product(f"http://127.0.0.1:{port}", environment, log, program, cwd)
    try:
        _await(product, process)
        yield product
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _await(product: Product, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{product.url}/readyz", timeout=2):  # noqa: S310 (our own address)
                if re.search(rb"is up after", product.log.read_bytes()):
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(product.log.read_text())
