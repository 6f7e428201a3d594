"""The application for the environment's settings, for `flask --app marketplace.wsgi` and other tools.

The site itself is served by `python -m marketplace.serving`, which tolerates slow clients; other WSGI servers may not.
"""

from config.logging import configure_logging
from config.settings import settings_or_exit
from marketplace.app import create_app
from marketplace.core.patience import of_pages

settings = settings_or_exit()
configure_logging(settings)
app = create_app(settings, patience=of_pages(settings))
