"""The application without its pages, as workers need it: settings, database, files, and each room's setup."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from config.settings import EMBEDDED_DATABASE, Settings
from marketplace.core.clock import Clock, DatabaseClock
from marketplace.core.database import db, engine_options, prepare_sqlite
from marketplace.core.doorbell import init_doorbell
from marketplace.core.patience import Patience, bound_waiting, of_work
from marketplace.core.rooms import routes_of, start_room
from marketplace.core.storage import FileStore, keep_private
from marketplace.rooms import ROOMS

PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Path of a product folder: beside the package in a checkout, within it in a wheel."""
    within = PACKAGE / folder
    return within if within.is_dir() else PACKAGE.parent / folder


class Site(Flask):
    """Build absolute URLs from BASE_URL: the Host header, and so links in mails, could be forged."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        adapter = super().create_url_adapter(request)
        if adapter is not None and request is not None:
            site: Settings = self.extensions["settings"]
            adapter.url_scheme, adapter.server_name = urlsplit(site.site_url)[:2]
        return adapter


def create_base(settings: Settings, clock: Clock | None = None, *, patience: Patience | None = None) -> Flask:
    """Create the base for these settings; tests pass a `clock` that they control.

    `patience`: PostgreSQL timeouts; those of workers by default.
    """
    keep_private()
    app = Site("marketplace", root_path=str(PACKAGE), template_folder=str(shipped("templates")))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions.update(
        settings=settings, clock=clock or DatabaseClock(), files=FileStore(settings.data_path / "files")
    )
    init_database(app, settings, patience or of_work(settings))
    init_doorbell(app, settings.redis_url, routes_of(ROOMS))
    app.extensions["explainers"] = tuple(one for room in reversed(ROOMS) for one in room.explainers)
    for room in ROOMS:
        start_room(room, app, settings)
    return app


def init_database(app: Flask, settings: Settings, patience: Patience) -> None:
    """Connect; set up SQLite's locking and PostgreSQL's timeouts."""
    settings.data_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in settings.data_path.glob(f"{EMBEDDED_DATABASE}*"):  # with its -wal and -shm, which come and go
        with suppress(FileNotFoundError):
            file.chmod(0o600)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database, settings.database_connect_seconds),
    )
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
        else:
            bound_waiting(db.engine, patience)
