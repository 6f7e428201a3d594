"""How servers bear slow clients: 500 that send no body, half a head, endless chunks, or read no answer, beside pages.

Each candidate serves the whole product, with two processes where it can; the first is the reference of all ratios.
CPU is that of the server's processes, so that other work on the machine changes little. Needs `wrk` (apt install wrk)
and `pip install granian gunicorn waitress` for the candidates. `--only NAME` measures one beside the reference.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask_migrate import upgrade

from config.settings import load_settings
from marketplace.app import create_app
from tests.support.processes import below

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 500
PAGES = 60
ROUNDS = 8
LOAD_SECONDS = 2
PATIENCE_SECONDS = 3
OBSERVED_SECONDS = 35
TICKS = os.sysconf("SC_CLK_TCK")
POST = "POST /signin HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
KINDS = {
    "no body": POST + "Content-Length: 100000\r\n\r\n",
    "half a head": "GET /signin HTTP/1.1\r\nHost: localhost\r\nX-Half: ",
    "endless chunks": POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    "no reading": "GET /static/vendor/dejavu.ttf HTTP/1.1\r\nHost: localhost\r\n\r\n",
}
REFERENCE = "granian, one thread"
PYTHON = [sys.executable, "-m"]
GRANIAN = [*PYTHON, "granian", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2", "--log-level", "error"]
CANDIDATES = {
    REFERENCE: [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "1", "bench.slow_apps:wsgi"],
    "granian, 64 threads": [*GRANIAN, "--interface", "wsgi", "--blocking-threads", "64", "bench.slow_apps:wsgi"],
    "gunicorn gthread": [
        *PYTHON, "gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread",
        "--threads", "4", "--keep-alive", "5", "--log-level", "error", "bench.slow_apps:wsgi",
    ],
    "waitress": [
        *PYTHON, "waitress", "--listen=127.0.0.1:{port}", "--threads=4", "--connection-limit=4000",
        "--asyncore-use-poll", "--channel-timeout=15", "--cleanup-interval=5", "bench.slow_apps:wsgi",
    ],
    "granian, asgi front": [*GRANIAN, "--interface", "asginl", "--backpressure", "10000", "bench.slow_apps:front"],
    "uvicorn, asgi front": [*PYTHON, "marketplace.serving"],
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A candidate at work."""

    port: int
    pid: int

    @property
    def pids(self) -> list[int]:
        return [self.pid, *below(self.pid)]

    def cpu(self) -> float:
        """CPU seconds that its processes have used."""
        return sum(_cpu(pid) for pid in self.pids)

    def sockets(self) -> int:
        """How many sockets its processes hold."""
        links = [link for pid in self.pids for link in Path(f"/proc/{pid}/fd").iterdir()]
        return sum(str(link.readlink()).startswith("socket:") for link in links if link.is_symlink())

    def megabytes(self) -> float:
        """Proportional memory of its processes."""
        return sum(_pss(pid) for pid in self.pids) / 1024


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _pss(pid: int) -> int:
    found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=CANDIDATES)
    only = parser.parse_args().only
    if not shutil.which("wrk"):
        sys.exit("bench/slow_clients.py needs wrk: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data_dir=folder, redis_url="", rate_limits=False)
        with create_app(settings).app_context():
            upgrade()
        environment = os.environ | {"DATA_DIR": folder, "RATE_LIMITS": "false", "PYTHONPATH": str(ROOT)}
        missing = [name for name, command in CANDIDATES.items() if importlib.util.find_spec(command[2]) is None]
        print(f"not installed: {', '.join(missing) or 'none'}")
        chosen = [name for name in CANDIDATES if name not in missing and (only in (None, name) or name == REFERENCE)]
        loads(chosen, environment)
        for name in chosen:
            measure(name, environment)


def loads(names: list[str], environment: dict[str, str]) -> None:
    """Print pages a second and CPU a page of each, the best of ROUNDS in turn, since others use the machine too."""
    with ExitStack() as all_up:
        servers = {name: all_up.enter_context(serving(CANDIDATES[name], environment)) for name in names}
        rounds = [{name: load(server) for name, server in servers.items()} for _ in range(ROUNDS)]
    rates = {name: max(one[name][0] for one in rounds) for name in names}
    cpu = {name: min(one[name][1] for one in rounds) for name in names}
    for name in names:
        ratios = f"{rates[name] / rates[REFERENCE]:.2f} and {cpu[name] / cpu[REFERENCE]:.2f} of today's"
        print(f"{name:<22}{rates[name]:>5.0f} pages a second, {cpu[name]:.2f} ms of CPU each: {ratios}", flush=True)


def measure(name: str, environment: dict[str, str]) -> None:
    """Print what a candidate bears; memory is that after some load."""
    print(f"\n{name}")
    with serving(CANDIDATES[name], environment) as server:
        load(server)
        print(f"  memory: {server.megabytes():.0f} MB", flush=True)
        _, alone, _ = pages(server)
        for kind, text in KINDS.items():
            print(f"  {kind}: {beside(server, text, alone)}", flush=True)
            await_calm(server)


def load(server: Server) -> tuple[float, float]:
    """Pages a second and milliseconds of CPU a page, on eight connections that are kept."""
    before = server.cpu()
    command = ["wrk", "-t1", "-c8", f"-d{LOAD_SECONDS}s", f"http://127.0.0.1:{server.port}/signin"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    count = re.search(r"(\d+) requests in", output)
    assert count is not None, output
    assert "Non-2xx" not in output, output
    return int(count[1]) / LOAD_SECONDS, 1000 * (server.cpu() - before) / int(count[1])


def await_calm(server: Server) -> None:
    """Wait until it has nothing to do, after hundreds of clients hung up."""
    before = -1.0
    while (now := server.cpu()) - before > 0.02:
        before = now
        time.sleep(1)


def beside(server: Server, text: str, alone: float) -> str:
    """What pages, memory and the clients come to while CLIENTS of a kind dangle; `alone`: CPU a page without them."""
    memory, before = server.megabytes(), server.sockets()
    clients = [dangling(server.port, text) for _ in range(CLIENTS)]
    await_calm(server)
    answered, cpu, wait = pages(server)
    grown = server.megabytes() - memory
    ends = outcomes(clients)
    left = server.sockets() - before
    for client in clients:
        client.close()
    seen = f"{answered} of {PAGES} pages, {wait * 1000:.0f} ms, CPU {cpu / alone:.2f} of before, {grown:+.0f} MB"
    return f"{seen}; {OBSERVED_SECONDS} s later {ends}, {left} held"


def pages(server: Server) -> tuple[int, float, float]:
    """How many of PAGES came, each on a connection of its own; CPU seconds a page; the median wait in seconds."""
    began, answered, waits = server.cpu(), 0, list[float]()
    for _ in range(PAGES):
        started = time.monotonic()
        answered += answers(server.port)
        waits.append(time.monotonic() - started)
        if len(waits) == 3 and not answered:
            break
    return answered, (server.cpu() - began) / max(1, answered), sorted(waits)[len(waits) // 2]


def dangling(port: int, text: str) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(PATIENCE_SECONDS)
    try:
        client.connect(("127.0.0.1", port))
        client.sendall(text.encode())
    except OSError:
        pass
    return client


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/signin", timeout=PATIENCE_SECONDS) as page:
            return page.status == 200 and b"</html>" in page.read()
    except (URLError, OSError):
        return False


def outcomes(clients: list[socket.socket]) -> str:
    """How many of the clients were told of their end within the time observed, and how; who reads nothing is not."""
    deadline = time.monotonic() + OBSERVED_SECONDS
    told: dict[str, int] = {}
    waiting = {client.fileno(): client for client in clients}
    poll = select.poll()
    for number in waiting:
        poll.register(number, select.POLLHUP | select.POLLRDHUP | select.POLLERR)
    while waiting and (left := deadline - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            poll.unregister(number)
            how = _end(waiting.pop(number))
            told[how] = told.get(how, 0) + 1
    ended = ", ".join(f"{count} ended with {how}" for how, count in sorted(told.items()))
    return ended or "none ended"


def _end(client: socket.socket) -> str:
    try:
        words = client.recv(64).split()
    except OSError:
        return "a reset"
    return words[1].decode() if len(words) > 1 else "a close"


@contextmanager
def serving(command: list[str], environment: dict[str, str]) -> Generator[Server]:
    """The candidate on a free port, in a session of its own that is ended as a whole."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    started = [word.replace("{port}", str(port)) for word in command]
    environment = environment | {"PORT": str(port)}
    process = subprocess.Popen(started, cwd=ROOT, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    main()
