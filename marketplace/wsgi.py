"""What a WSGI server imports: the application for the environment's settings."""

from config.logging import configure_logging
from config.settings import load_settings
from marketplace.app import create_app

settings = load_settings()
configure_logging(settings)
app = create_app(settings)
