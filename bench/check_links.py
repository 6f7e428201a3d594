"""Links checked a second by the engine and by lychee: same list, same local server, same run, one core for the checker.

    python -m bench.check_links [--links 10000] [--rounds 3] [--memory 1000 100000]

The mix: 70 % a page of 8 KB, 10 % not found, 5 % server error, 10 % one redirect, 5 % slow (0.3 s). Each link is a
fresh connection. The engine writes the full check record and verifies certificates; lychee (limits opened) doesn't
verify. Both resume TLS sessions, since all links are on one host. `--memory`: the engine alone on lists so long.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

from marketplace.checker.engine import check_links, run
from marketplace.checker.fetch.fetch import Guard
from marketplace.checker.fetch.politeness import UNLIMITED
from marketplace.checker.setup import Setup
from marketplace.checker.spec import CheckRequest

SLOW_SECONDS = 0.3
PAGE = b"<!doctype html><title>A prototype</title><body>" + b"<p>Book a climb in three taps.</p>\n" * 230
CHECKER_CORE, SERVER_CORE = 0, 1
LYCHEE = Path(sys.executable).parent / "lychee"
LYCHEE_FLAGS = [
    "--max-retries=0", "--max-concurrency=1024", "--host-concurrency=1024", "--host-request-interval=0ms",
    "--no-progress", "--insecure", "--timeout=20", "--format=json",
]  # fmt: skip


@dataclass(frozen=True)
class Mix:
    """A served list of links, and what a checker must be told to reach them."""

    urls: list[str]
    exceptions: frozenset[str]
    trust: Path


@contextlib.contextmanager
def serve_mix(n: int, *, tls: bool = False) -> Generator[Mix]:
    """Serve `n` links of the mix on loopback while the block runs: nginx when it is there, else an asyncio server."""
    with tempfile.TemporaryDirectory(prefix="mix-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        certificate = authority.issue_cert("127.0.0.1")
        certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
        certificate.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
        port, backend = _free_port(), _free_port()
        nginx = shutil.which("nginx")
        secure = tls and not nginx
        stack.enter_context(_python_server(backend if nginx else port, folder if secure else None))
        if nginx:
            stack.enter_context(_nginx(nginx, folder, port, backend, tls=tls))
        base = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        kinds = ["ok"] * 14 + ["missing"] * 2 + ["error"] + ["moved"] * 2 + ["slow"]
        yield Mix(
            [f"{base}/{kinds[i * 7 % 20]}/{i}" for i in range(n)], frozenset({f"127.0.0.1:{port}"}), folder / "ca.pem"
        )


@contextlib.contextmanager
def _nginx(program: str, folder: Path, port: int, backend: int, *, tls: bool) -> Generator[None]:
    (folder / "page").write_bytes(PAGE)
    secure = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;" if tls else ""
    (folder / "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors crit;
        events {{ worker_connections 8192; }}
        http {{ access_log off; default_type text/html; keepalive_timeout 0;
          client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
          uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
          server {{ listen 127.0.0.1:{port} backlog=8192 {"ssl" if tls else ""}; {secure}
            location /ok/ {{ root {folder}; try_files /page =404; }}
            location /missing/ {{ return 404 "<h1>Not found</h1>"; }}
            location /error/ {{ return 500 "<h1>Error</h1>"; }}
            location ~ ^/moved/(.*)$ {{ return 302 /ok/$1; }}
            location /slow/ {{ proxy_pass http://127.0.0.1:{backend}; }} }} }}""")
    command = [program, "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "nginx.conf")]
    with _process(command, port):
        yield


@contextlib.contextmanager
def _python_server(port: int, secure: Path | None) -> Generator[None]:
    command = [
        sys.executable,
        "-m",
        "bench.check_links",
        "--serve",
        str(port),
        *(["--secure", str(secure)] if secure else []),
    ]
    with _process(command, port):
        yield


@contextlib.contextmanager
def _process(command: list[str], port: int) -> Generator[None]:
    process = subprocess.Popen(pinned(SERVER_CORE, command))
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


def pinned(core: int, command: list[str]) -> list[str]:
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset and (os.cpu_count() or 1) > core else command


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def _serve(port: int, secure: Path | None) -> None:
    """The stand-in for nginx, and the slow part behind it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
            kind = target.split(b"/")[1]
            if kind == b"slow":
                await asyncio.sleep(SLOW_SECONDS)
            status = {b"missing": b"404 No", b"error": b"500 Error", b"moved": b"302 Moved"}.get(kind, b"200 OK")
            place = b"Location: " + target.replace(b"/moved/", b"/ok/") + b"\r\n" if kind == b"moved" else b""
            body = PAGE if kind in (b"ok", b"slow") else b"<h1>No</h1>"
            head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n"
            writer.write(head % (status, len(body), place) + body)
            await writer.drain()
        writer.close()

    context = None
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(secure / "cert.pem", secure / "key.pem")
    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=8192, ssl=context)
    await server.serve_forever()


async def _check(folder: Path, mix: dict[str, Any]) -> dict[str, float]:
    setup = Setup(Guard(frozenset(mix["exceptions"])), politeness=UNLIMITED, trust=Path(mix["trust"]))
    states: dict[str, int] = {}
    started = time.perf_counter()
    with open(folder / "links.txt") as links, open(folder / "records.jsonl", "w") as records:  # noqa: ASYNC230, PTH123
        async for record in check_links((CheckRequest(link.rstrip()) for link in links), setup):
            records.write(record.to_json() + "\n")
            states[record.state] = states.get(record.state, 0) + 1
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "megabytes": highest_megabytes(), "cpu": time.process_time(), **states}


def highest_megabytes() -> float:
    """The most memory that this process has had; not what rusage says on Linux, which counts its parent's too."""
    with contextlib.suppress(OSError):
        status = Path("/proc/self/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # a Mac


def _engine(mix: Mix, folder: Path) -> dict[str, float]:
    (folder / "links.txt").write_text("\n".join(mix.urls))
    (folder / "mix.json").write_text(json.dumps({"exceptions": sorted(mix.exceptions), "trust": str(mix.trust)}))
    command = pinned(CHECKER_CORE, [sys.executable, "-m", "bench.check_links", "--check", str(folder)])
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_lychee(mix: Mix, folder: Path) -> dict[str, float]:
    listing = folder / "links.txt"
    listing.write_text("\n".join(mix.urls))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    command = pinned(CHECKER_CORE, [str(LYCHEE), *LYCHEE_FLAGS, str(listing)])
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    report = json.loads(done.stdout)
    return {"seconds": seconds, "cpu": cpu, "total": report["total"], "live": report["successful"]}


def compare(links: int, rounds: int, *, tls: bool) -> float:
    """Print both checkers' links a second (medians) and give engine / lychee."""
    rates: dict[str, list[float]] = {"engine": [], "lychee": []}
    with serve_mix(links, tls=tls) as mix, tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, check in (("engine", _engine), ("lychee", run_lychee)):
                result = check(mix, Path(folder))
                rates[name].append(links / result.pop("seconds"))
                facts = ", ".join(
                    f"{key} {value:,.0f}" if key != "cpu" else f"{value:.1f} s of CPU" for key, value in result.items()
                )
                print(f"  {name:<7} {rates[name][-1]:8,.0f} links/s   {facts}", flush=True)
    ratio = statistics.median(rates["engine"]) / statistics.median(rates["lychee"])
    print(f"{'fresh TLS' if tls else 'fresh HTTP'}: engine / lychee = {ratio:.2f} over {links:,} links\n", flush=True)
    return ratio


def remember(links: int) -> None:
    """Print what the engine alone needs for a list of that length."""
    with serve_mix(links) as mix, tempfile.TemporaryDirectory() as folder:
        print(f"  {links:>9,} links: {_engine(mix, Path(folder))['megabytes']:.0f} MB at most", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--links", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, nargs="*", default=[1_000, 100_000], metavar="LINKS")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--secure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--check", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.serve:
        asyncio.run(_serve(wanted.serve, wanted.secure))
    elif wanted.check:
        print(json.dumps(run(_check(wanted.check, json.loads((wanted.check / "mix.json").read_text())))))
    else:
        for tls in (False, True):
            compare(wanted.links, wanted.rounds, tls=tls)
        for links in wanted.memory:
            remember(links)


if __name__ == "__main__":
    main()
