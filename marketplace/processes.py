"""The processes of a marketplace, in one list for `up`, `marketplace processes` and docs/operate.md."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, field

from config.settings import Settings

FINISH_OR_DROP = {"REMAP_SIGTERM": "SIGQUIT"}
"""At SIGTERM Celery finishes tasks that take seconds and drops the rest, which is due again when its lease expires."""


@dataclass(frozen=True)
class Process:
    """One long-running process: a module of our environment, its arguments and its environment variables."""

    name: str
    module: str
    arguments: list[str]
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def command(self) -> list[str]:
        """The command that starts it."""
        return [sys.executable, "-m", self.module, *self.arguments]

    @property
    def line(self) -> str:
        """The same for a shell in which the environment's `python` comes first on PATH."""
        settings = [f"{name}={shlex.quote(value)}" for name, value in self.environment.items()]
        return " ".join([*settings, shlex.join(["python", "-m", self.module, *self.arguments])])


def processes_of(settings: Settings) -> list[Process]:
    """Return web, workers and scheduler for these settings.

    A worker that waits for others (a mail server, the provider, a site) serves one queue, so that a slow one delays
    nothing else (docs/decisions/0031).
    """
    return [
        Process("web", "marketplace.serving", []),
        _worker("worker", "ranks,deadlines,chores", 1),
        _worker("mailer", "mail", 1),
        _worker("payer", "money", 1),
        _worker("checker", "checks", settings.worker_processes),
        _worker("browser", "browser", 1),
        Process("scheduler", "celery", ["--app", "workers.app", "--quiet", "beat", *_LOGS, "--pidfile", ""]),
    ]


_LOGS = ["--loglevel", "warning"]


def _worker(name: str, queues: str, at_once: int) -> Process:
    arguments = ["--app", "workers.app", "--quiet", "worker", *_LOGS, "--without-gossip", "--without-mingle"]
    arguments += ["--queues", queues, "--hostname", f"{name}@%h", "--concurrency", str(at_once)]
    return Process(name, "celery", arguments, FINISH_OR_DROP)
