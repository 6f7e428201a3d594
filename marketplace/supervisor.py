"""`marketplace up`: run broker, migrations, sample data, web, worker and scheduler until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from types import FrameType
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

from config.settings import Settings
from marketplace.listening import listen
from marketplace.parent import PARENT
from marketplace.processes import processes_of

STOP_SECONDS = 15
START_SECONDS = 180
CALM_SECONDS = 30
"""A child that dies within these seconds after its start counts towards giving up."""
MAX_QUICK_DEATHS = 5


class CannotStart(Exception):
    """The marketplace can't start; the message says why, and how to fix it."""


@dataclass
class Child:
    """One long-running process."""

    name: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict[str, str])
    """Additional environment variables."""
    leads: bool = True
    """Whether it gets its own session, so that Ctrl-C reaches only us, and its children end with it."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    quick_deaths: int = 0

    def start(self, environment: dict[str, str]) -> None:
        settings = self.settings | {PARENT: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment | settings, start_new_session=self.leads)
        self.started_at = time.monotonic()

    def is_dead(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def signal_group(self, number: signal.Signals) -> None:
        """Signal the child and, if it leads a session, its children; ignore ended processes."""
        if self.process is not None and not self.leads:
            self.process.send_signal(number)
        elif self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


@dataclass
class Supervisor:
    """Start the children, restart dead ones, and stop all on SIGINT or SIGTERM."""

    children: list[Child]
    environment: dict[str, str]
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Start all, watch until asked to stop, stop all; raises CannotStart when a child keeps dying."""
        self.start()
        try:
            self.watch()
        finally:
            self.stop()

    def start(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for child in self.children:
            child.start(self.environment)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping.set()

    def watch(self) -> None:
        """Return when asked to stop; raises CannotStart when a child keeps dying."""
        while not self.stopping.wait(0.5):
            for child in self.children:
                if child.is_dead():
                    self._start_again(child)

    def _start_again(self, child: Child) -> None:
        quick = time.monotonic() - child.started_at < CALM_SECONDS
        child.quick_deaths = child.quick_deaths + 1 if quick else 0
        if child.quick_deaths >= MAX_QUICK_DEATHS:
            raise CannotStart(f"{child.name} keeps stopping; the lines above say why.")
        child.signal_group(signal.SIGKILL)
        click.echo(f"{child.name} stopped; starting it again.", err=True)
        child.start(self.environment)

    def stop(self) -> None:
        """Send SIGTERM, then SIGKILL to what remains."""
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(0.1, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    click.echo(f"{child.name} did not stop in {STOP_SECONDS} s; ending it.", err=True)
            child.signal_group(signal.SIGKILL)


def children_of(settings: Settings) -> list[Child]:
    """All processes of marketplace/processes.py, not started yet."""
    return [Child(one.name, one.command, one.environment) for one in processes_of(settings)]


def refuse_taken_port(settings: Settings) -> None:
    """Raises CannotStart when our port is already in use."""
    try:
        listen(settings, shared=False).close()
    except OSError as error:
        raise CannotStart(
            f"Port {settings.port} on {settings.host} can't be used ({error.strerror}). "
            f"Stop what holds it, or choose another: make run PORT={settings.port + 1}"
        ) from error


def await_ready(settings: Settings, supervisor: Supervisor) -> None:
    """Wait until the web process answers; raises CannotStart after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    name = urlsplit(settings.site_url).netloc
    asked = Request(f"{settings.local_url}/readyz", headers={"Host": name})  # noqa: S310 (our own address)
    while time.monotonic() < deadline and not supervisor.stopping.is_set():
        try:
            with urlopen(asked, timeout=2):  # noqa: S310 (our own address)
                return
        except (URLError, OSError):
            time.sleep(0.1)
    if not supervisor.stopping.is_set():
        raise CannotStart(f"The web process did not answer within {START_SECONDS} s; the lines above say why.")
