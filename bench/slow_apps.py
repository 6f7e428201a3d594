"""What bench/slow_clients.py serves: the product as plain WSGI, and behind our own front."""

from config.logging import configure_logging
from config.settings import load_settings
from marketplace.app import create_app
from marketplace.serving.front import Front

settings = load_settings()
configure_logging(settings)
wsgi = create_app(settings)
front = Front(wsgi, limit=settings.max_body_bytes)
