"""What a WSGI server imports: the application for the environment's settings."""

import multiprocessing
import os
import signal

from config.logging import configure_logging
from config.settings import settings_or_exit
from marketplace.app import create_app

try:
    settings = settings_or_exit()
except SystemExit:
    server = multiprocessing.parent_process()
    if server and server.pid:  # Granian starts dead workers again for ever, and counts SIGTERM as success
        os.kill(server.pid, signal.SIGQUIT)
    raise
configure_logging(settings)
app = create_app(settings)
