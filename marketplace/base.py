"""The application without its pages, as workers need it: settings, database, files, money, and who listens to whom."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Request
from werkzeug.routing import MapAdapter

from config.settings import EMBEDDED_DATABASE, Settings
from marketplace.bids.listeners import connect_listeners as connect_bids
from marketplace.bids.records import PROVIDER as RECORDS
from marketplace.contracts.listeners import connect_listeners as connect_awards
from marketplace.core.clock import Clock, DatabaseClock
from marketplace.core.database import db, engine_options, prepare_sqlite
from marketplace.core.doorbell import init_doorbell
from marketplace.core.patience import Patience, bound_waiting, of_work
from marketplace.core.storage import FileStore, keep_private
from marketplace.disputes.listeners import connect_listeners as connect_disputes
from marketplace.jobs.listeners import connect_listeners as connect_jobs
from marketplace.moderation.listeners import connect_listeners as connect_moderation
from marketplace.notifications.contracts import connect_listeners as connect_contract_news
from marketplace.notifications.disputes import connect_listeners as connect_dispute_news
from marketplace.notifications.listeners import connect_listeners as connect_notifications
from marketplace.notifications.reviews import connect_listeners as connect_review_news
from marketplace.payments.setup import init_payments
from marketplace.reviews.listeners import connect_listeners as connect_reviews
from marketplace.reviews.records import histories_of
from marketplace.watches.listeners import connect_listeners as connect_watches

PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Where a folder of the product is: beside the package in a checkout, within it in a wheel."""
    within = PACKAGE / folder
    return within if within.is_dir() else PACKAGE.parent / folder


class Site(Flask):
    """Makes whole addresses from BASE_URL: the Host header, and so a link in a mail, would be a stranger's choice."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        adapter = super().create_url_adapter(request)
        if adapter is not None and request is not None:
            site: Settings = self.extensions["settings"]
            adapter.url_scheme, adapter.server_name = urlsplit(site.site_url)[:2]
        return adapter


def create_base(settings: Settings, clock: Clock | None = None, *, patience: Patience | None = None) -> Flask:
    """The base for these settings; tests pass a `clock` that they can move.

    `patience`: with PostgreSQL; as workers have it unless given.
    """
    keep_private()
    app = Site("marketplace", root_path=str(PACKAGE), template_folder=str(shipped("templates")))
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions.update(
        settings=settings, clock=clock or DatabaseClock(), files=FileStore(settings.data_path / "files")
    )
    app.extensions[RECORDS] = histories_of
    init_database(app, settings, patience or of_work(settings))
    init_doorbell(app, settings.redis_url)
    init_payments(app, settings)
    connect_jobs()
    connect_bids()
    connect_awards()
    connect_disputes()
    connect_watches()
    connect_reviews()
    connect_notifications()
    connect_contract_news()
    connect_dispute_news()
    connect_review_news()
    connect_moderation()
    return app


def init_database(app: Flask, settings: Settings, patience: Patience) -> None:
    """Connect, on SQLite let writers wait their turn, on PostgreSQL let nobody wait for ever."""
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
