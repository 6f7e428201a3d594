"""The web application: the base and its pages, assembled in a list of steps, nothing at import time."""

from __future__ import annotations

from flask import Flask, request
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from marketplace.base import create_base, shipped
from marketplace.core.clock import Clock
from marketplace.core.database import db, set_reading
from marketplace.core.patience import Patience
from marketplace.core.rooms import blueprints_of, start_web
from marketplace.core.signing import oldest_first
from marketplace.rooms import ROOMS
from marketplace.web.carrying import init_carrying
from marketplace.web.errors import init_errors
from marketplace.web.filters import init_filters
from marketplace.web.forms import csrf
from marketplace.web.gallery import bp as gallery
from marketplace.web.headers import init_headers
from marketplace.web.health import bp as health
from marketplace.web.inputs import init_inputs
from marketplace.web.limits import init_limits
from marketplace.web.mailbox import init_mailbox
from marketplace.web.theme import bp as theme
from marketplace.web.well_known import bp as well_known

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
LINKS_THAT_WRITE = ("security.confirm_email", "security.change_email_confirm")  # opened from a mail, so by GET


def create_app(settings: Settings, clock: Clock | None = None, *, patience: Patience | None = None) -> Flask:
    """Create the application for these settings; for `clock` and `patience` see `create_base`."""
    app = create_base(settings, clock, patience=patience)
    configure(app, settings)
    Migrate(app, db, directory=str(shipped("migrations")), render_as_batch=True)
    app.before_request(_begin_reading_or_writing)
    form_targets = [origin for room in ROOMS for origin in room.form_targets(settings)]
    init_headers(app, https=settings.serves_https, form_targets=form_targets)
    init_limits(app, settings.redis_url, enabled=settings.rate_limits)
    init_inputs(app)
    init_carrying(app)
    init_filters(app)
    for room in ROOMS:
        start_web(room, app, settings)
    init_errors(app)
    for blueprint in (health, theme, well_known, *(bp for room in ROOMS for bp in blueprints_of(room))):
        app.register_blueprint(blueprint)
    if settings.is_development:
        app.register_blueprint(gallery)
        init_mailbox(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    return app


def _begin_reading_or_writing() -> None:
    """A page that only reads need not wait for writers."""
    set_reading(request.method in SAFE_METHODS and request.endpoint not in LINKS_THAT_WRITE)


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings: cookies hidden from scripts, and a size limit on requests."""
    app.config.update(
        SECRET_KEY=settings.keys("secret_key")[0],
        SECRET_KEY_FALLBACKS=list(settings.keys("secret_key")[1:]),
        WTF_CSRF_SECRET_KEY=oldest_first(settings.keys("secret_key")),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.serves_https,
        SEND_FILE_MAX_AGE_DEFAULT=86400,
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    csrf.init_app(app)
