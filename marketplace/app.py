"""Builds the web application: a readable list of steps, nothing at import time."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, request
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from marketplace.accounts.security import init_security
from marketplace.accounts.views import bp as accounts
from marketplace.awards.listeners import connect_listeners as connect_awards
from marketplace.awards.views import bp as awards
from marketplace.awards.views.turns import init_turns
from marketplace.bids.listeners import connect_listeners as connect_bids
from marketplace.bids.records import PROVIDER as RECORDS
from marketplace.bids.views import bp as bids
from marketplace.core.clock import Clock, DatabaseClock
from marketplace.core.database import db, engine_options, prepare_sqlite, set_reading
from marketplace.core.doorbell import init_doorbell
from marketplace.core.storage import FileStore
from marketplace.disputes.listeners import connect_listeners as connect_disputes
from marketplace.disputes.views.blueprint import init_disputes
from marketplace.jobs.listeners import connect_listeners as connect_jobs
from marketplace.jobs.views import bp as jobs
from marketplace.messages.views import bp as messages
from marketplace.moderation.listeners import connect_listeners as connect_moderation
from marketplace.moderation.views import bp as moderation
from marketplace.notifications.contracts import connect_listeners as connect_contract_news
from marketplace.notifications.disputes import connect_listeners as connect_dispute_news
from marketplace.notifications.listeners import connect_listeners as connect_notifications
from marketplace.notifications.reviews import connect_listeners as connect_review_news
from marketplace.notifications.views import init_notifications
from marketplace.payments.setup import form_targets, init_payments
from marketplace.payments.views import bp as payments
from marketplace.reviews.listeners import connect_listeners as connect_reviews
from marketplace.reviews.records import records_of
from marketplace.reviews.views import bp as reviews
from marketplace.reviews.views.public import init_reviews
from marketplace.watches.listeners import connect_listeners as connect_watches
from marketplace.watches.views import init_watches
from marketplace.web.errors import init_errors
from marketplace.web.filters import init_filters
from marketplace.web.forms import csrf
from marketplace.web.gallery import bp as gallery
from marketplace.web.headers import init_headers
from marketplace.web.health import bp as health
from marketplace.web.help import bp as help_pages
from marketplace.web.inputs import init_inputs
from marketplace.web.limits import init_limits
from marketplace.web.mailbox import init_mailbox
from marketplace.web.theme import bp as theme

ROOT = Path(__file__).resolve().parent.parent
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The application for these settings; tests pass a `clock` that they can move."""
    app = Flask("marketplace", root_path=str(ROOT / "marketplace"), template_folder=str(ROOT / "templates"))
    configure(app, settings)
    app.extensions.update(
        settings=settings, clock=clock or DatabaseClock(), files=FileStore(settings.data_path / "files")
    )
    app.extensions[RECORDS] = records_of
    init_database(app, settings)
    init_doorbell(app, settings.redis_url)
    init_headers(app, https=settings.serves_https, form_targets=form_targets(settings))
    init_limits(app, settings.redis_url, enabled=settings.rate_limits)
    init_inputs(app)
    init_filters(app)
    init_security(app, settings)
    init_payments(app, settings)
    init_errors(app)
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
    for blueprint in (
        health,
        theme,
        help_pages,
        accounts,
        payments,
        jobs,
        bids,
        awards,
        reviews,
        messages,
        moderation,
    ):
        app.register_blueprint(blueprint)
    init_turns(app, settings)
    init_disputes(app, settings)
    init_watches(app, settings)
    init_reviews(app)
    init_notifications(app)
    if settings.is_development:
        app.register_blueprint(gallery)
        init_mailbox(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings: cookies that scripts can't read, and a ceiling on what is sent to us."""
    app.config.update(
        SECRET_KEY=settings.secret,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.serves_https,
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_SECURE=settings.serves_https,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    csrf.init_app(app)


def init_database(app: Flask, settings: Settings) -> None:
    """Connect, and let GET requests read without queueing behind SQLite's writers."""
    settings.data_path.mkdir(parents=True, exist_ok=True)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database, SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database)
    )
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            prepare_sqlite(db.engine)
    app.before_request(lambda: set_reading(request.method in SAFE_METHODS))
