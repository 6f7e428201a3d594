"""One web process: the application behind the front, served by uvicorn on a port shared with the other processes."""

from __future__ import annotations

import contextlib
import resource

import uvicorn

from config.logging import configure_logging
from config.settings import settings_or_exit
from marketplace.app import create_app
from marketplace.core.patience import of_pages
from marketplace.listening import BACKLOG, listen
from marketplace.parent import end_with_parent
from marketplace.serving.connection import Connection
from marketplace.serving.front import Front, Wsgi

STOP_SECONDS = 10
"""Seconds for answers under way at a stop; less than the supervisor's timeout."""
MANY_FILES = 65536
FILES_A_CONNECTION = 3
"""Its socket, plus the body and the answer if they are large."""


def main() -> None:
    """Serve the product until asked to stop."""
    settings = settings_or_exit()
    configure_logging(settings)
    end_with_parent()
    server_for(create_app(settings, patience=of_pages(settings)), limit=settings.max_body_bytes).run(
        sockets=[listen(settings, shared=True)]
    )


def server_for(app: Wsgi, *, limit: int) -> uvicorn.Server:
    """Return a server of the WSGI `app`, with bodies of at most `limit` bytes."""
    config = uvicorn.Config(
        Front(app, limit=limit),
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=open_files() // FILES_A_CONNECTION,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return uvicorn.Server(config)


def open_files() -> int:
    """Raise the limit of open files as far as the system grants, and return it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if most == resource.RLIM_INFINITY else min(most, MANY_FILES)
    with contextlib.suppress(OSError, ValueError):  # macOS grants less than it reports
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


if __name__ == "__main__":
    main()
