"""The whole product in processes of its own, with a small disk, a movable clock and severable workers."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from flask_migrate import upgrade

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.supervisor import Child, children_of
from tests.support.databases import close
from tests.support.moved_clock import MovedClock
from tests.support.partition import Way, way_to
from tests.support.plant import Broker, Plant, wait_for
from tests.support.postgres import Postgres
from tests.support.product import free_port
from tests.support.small_disk import SmallDisk, small_disk

DISK_MEGABYTES = 320
SMALL_LOG = ("max_wal_size=64MB", "min_wal_size=32MB")
START_SECONDS = 120


@dataclass
class Market(Plant):
    """All processes. Dead ones are restarted, as by `marketplace up`, within `kept_running`."""

    disk: SmallDisk = field(kw_only=True)
    clock: MovedClock = field(kw_only=True)
    way: Way = field(kw_only=True)
    """Network path from the workers to the database."""
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by whoever starts or kills processes."""

    def start(self) -> None:
        """Start whatever is not running."""
        if not self.children:
            self.children = children_of(self.settings)
        for child in self.children:
            if child.process is None or child.is_dead():
                child.start(self._environment_of(child))

    def await_ready(self) -> None:
        """Wait until the web process answers and all workers listen."""
        wait_for(lambda: self._answers() and self._listening() >= len(self.children) - 2, START_SECONDS)

    @contextmanager
    def kept_running(self) -> Generator[None]:
        """Restart dead programs and the database until the block ends."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(0.5):
                with self._turn, suppress(psycopg.OperationalError):  # on a full disk the database comes up later
                    if self.database.is_dead():
                        self.database.start()
                    self.start()

        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

    def kill_everything(self) -> None:
        """Simulate a power failure, then restart database and broker at once; the rest restarts by itself."""
        with self._turn:
            self.kill_workers()
            self.database.kill()
            self.broker.kill()
            self.database.start()
            self.broker.start()

    def fill_disk(self) -> None:
        """Fill the disk and make the database need space, so that it reports an error or dies."""
        self.disk.fill()
        with suppress(psycopg.Error), psycopg.connect(self.database.url, autocommit=True) as connection:
            for _ in range(2 * DISK_MEGABYTES):
                connection.execute("SELECT pg_logical_emit_message(false, 'fault', repeat('x', 1000000))")

    def _environment_of(self, child: Child) -> dict[str, str]:
        through = self.settings.database_url.replace(str(self.database.port), str(self.way.port))
        return (
            self._environment
            | {"PORT": str(self.settings.port), "RATE_LIMITS": "false", "SECRET_KEY": self.settings.secret_key}
            | ({} if child.name == "web" else {"DATABASE_URL": through})
        )

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.settings.site_url}/readyz", timeout=2) as answer:  # noqa: S310 (our own address)
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


@contextmanager
def running_market(*exceptions: str) -> Generator[Market]:
    """A running, migrated market; links to `exceptions` (host:port) may be checked."""
    home = Path(tempfile.mkdtemp(prefix="market-"))
    home.chmod(0o755)
    with small_disk(home / "disk", DISK_MEGABYTES) as disk:
        clock, folder = MovedClock(home / "clock"), home / "disk" / "postgres"
        folder.mkdir()
        database = Postgres(folder, *SMALL_LOG, environment=os.environ | clock.environment)
        database.start()
        broker = Broker(home / "disk" / "broker")
        with way_to(database.port) as way:
            settings = load_settings(
                data_dir=home / "disk" / "data", database_url=database.url, redis_url=broker.url, port=free_port(),
                guard_exceptions=frozenset(exceptions), secret_key="m" * 40, rate_limits=False,
            )  # fmt: skip
            app = create_app(settings)
            with app.app_context():
                upgrade()
            market = Market(settings, app, database, broker, disk=disk, clock=clock, way=way)
            try:
                market.start()
                market.await_ready()
                yield market
            finally:
                market.kill_workers()
                close(app)
                broker.stop()
                database.stop(signal.SIGQUIT)
    shutil.rmtree(home, ignore_errors=True)
