"""Distinguish an unavailable database from a wrong statement of ours."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_CLASSES = ("08", "40", "53", "55", "57", "58")
"""SQLSTATE classes: connection, deadlock, out of disk or memory, lock not available, shutdown or cancel, system error.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
_READ_ONLY = "25006"
_SQLITE_ERRORS = ("BUSY", "LOCKED", "READONLY", "FULL", "IOERR", "CANTOPEN", "NOMEM", "PROTOCOL", "NOTADB", "CORRUPT")
"""Prefixes of the names at https://www.sqlite.org/rescode.html."""


def outage_of(error: BaseException | None) -> str | None:
    """Return the database's reason for being unavailable, on one line; None when the error is no outage."""
    if isinstance(error, NoConnectionFree):
        return _one_line(error)
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    return _one_line(error.orig) if error.connection_invalidated or _is_outage(error.orig) else None


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, sqlite3.Error):
        name = (getattr(error, "sqlite_errorname", None) or "").removeprefix("SQLITE_")
        return name.startswith(_SQLITE_ERRORS)
    if not isinstance(error, psycopg.Error):
        return False
    if error.sqlstate is None:  # raised by the client: no connection, or a broken one
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return error.sqlstate == _READ_ONLY or error.sqlstate.startswith(_CLASSES)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
