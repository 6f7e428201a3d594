"""Logging for web, worker and shell: readable in development, JSON lines in production."""

from __future__ import annotations

import logging
import unicodedata

import structlog

from config.settings import Settings

_BELOW = ("exception", "stack")
"""Keys written below their entry."""
_TEXTS = ("event", *_BELOW)
"""Keys that may have several lines: mails that development logs, and tracebacks."""
_MARK = "\n  | "


def _keep_to_one_line(_logger: object, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Prevent log forging: escape control characters everywhere.

    Multiline texts keep their lines, each marked, so that none looks like an entry of its own.
    """
    for name, value in entry.items():
        if not isinstance(value, str | int | float | bool | None):
            value = str(value)
        if isinstance(value, str):
            lines = value.split("\n") if name in _TEXTS else [value]
            text = _MARK.join(map(_escaped, lines))
            entry[name] = text if name not in _BELOW else _MARK[1:] + text
    return entry


def _escaped(text: str) -> str:
    return "".join(
        char if unicodedata.category(char) not in _STEERING else char.encode("unicode_escape").decode() for char in text
    )


_STEERING = ("Cc", "Cf", "Zl", "Zp", "Cs")
"""Unicode categories to escape: controls, invisible direction marks, line and paragraph separators, surrogates."""


def configure_logging(settings: Settings) -> None:
    """Route the standard library's logging through structlog; call once at each process's start."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=False) if settings.is_development else structlog.processors.JSONRenderer()
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *([_keep_to_one_line] if settings.is_development else []),  # JSON escapes by itself
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    progress = ("marketplace.core.sweeps",) if settings.is_development else ()  # for whoever counts, not who watches
    for chatty in ("alembic", "celery", "kombu", *progress):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
