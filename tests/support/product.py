"""The whole product as users start it: `marketplace up` in its own process, in an empty folder."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config.settings import load_settings
from marketplace.processes import processes_of

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 200
CHECKOUT = [sys.executable, "-m", "marketplace"]


@dataclass(frozen=True)
class Product:
    """A running marketplace."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]
    program: list[str]
    cwd: Path

    def command(self, *arguments: str) -> str:
        """Run `marketplace ARGUMENTS` on the same data and return its output."""
        done = subprocess.run(
            [*self.program, *arguments],
            cwd=self.cwd, env=self.environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout


@contextmanager
def running_product(
    folder: Path, *arguments: str, program: list[str] = CHECKOUT, cwd: Path = ROOT, **settings: str
) -> Generator[Product]:
    """Run `marketplace up ARGUMENTS` during the block; `settings` are environment variables."""
    log = folder / "up.log"
    with _running([*program, "up", *arguments], program, cwd, _environment(folder, settings), log) as product:
        _await(product, said=b"is up after")
        yield product


@contextmanager
def running_web(folder: Path, **settings: str) -> Generator[Product]:
    """Run only the web processes during the block, by the command in docs/operate.md."""
    environment = _environment(folder, settings)
    subprocess.run([*CHECKOUT, "db", "upgrade"], cwd=ROOT, env=environment, capture_output=True, check=True)
    web = next(one for one in processes_of(load_settings()) if one.name == "web")
    with _running(web.command, CHECKOUT, ROOT, environment, folder / "web.log") as product:
        _await(product)
        yield product


def _environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    port = str(free_port())
    return os.environ | {"DATA_DIR": str(folder), "PORT": port, "DATABASE_URL": "", "REDIS_URL": "", **settings}


@contextmanager
def _running(
    command: list[str], program: list[str], cwd: Path, environment: dict[str, str], log: Path
) -> Generator[Product]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield Product(f"http://127.0.0.1:{environment['PORT']}", environment, log, process, program, cwd)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def answers(product: Product, path: str = "/readyz") -> bool:
    """Whether the site serves that page."""
    try:
        with urlopen(f"{product.url}{path}", timeout=30) as page:  # noqa: S310 (our own address)
            return page.status == 200
    except (URLError, OSError):
        return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def free_ports(count: int) -> int:
    """First of `count` consecutive free ports outside the system's range for outgoing connections."""
    for first in random.sample(range(10_000, 30_000 - count), 1_000):
        with ExitStack() as probes, suppress(OSError):
            for port in range(first, first + count):
                probes.enter_context(socket.create_server(("127.0.0.1", port)))
            return first
    raise AssertionError(f"no {count} free ports in a row")


def _await(product: Product, said: bytes = b"") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and product.process.poll() is None:
        try:
            with urlopen(f"{product.url}/readyz", timeout=2):  # noqa: S310 (our own address)
                if said in product.log.read_bytes():
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(product.log.read_text())
