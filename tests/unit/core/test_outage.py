"""Database outages are distinguished from our own errors."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from psycopg import errors
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from marketplace.core.outage import outage_of


def sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


def wrapped(kind: type[DBAPIError], error: Exception) -> DBAPIError:
    return kind("SELECT 1", {}, error)


OUTAGES = {
    "refused": wrapped(OperationalError, psycopg.OperationalError("connection refused")),
    "restarting": wrapped(OperationalError, errors.AdminShutdown("terminating connection")),
    "starting": wrapped(OperationalError, errors.CannotConnectNow("the database system is starting up")),
    "full": wrapped(OperationalError, errors.DiskFull("could not extend file")),
    "too many connections": wrapped(OperationalError, errors.TooManyConnections("sorry, too many clients already")),
    "only reads": wrapped(InternalError, errors.ReadOnlySqlTransaction("cannot execute INSERT")),
    "statement timeout": wrapped(OperationalError, errors.QueryCanceled("canceling statement")),
    "lock timeout": wrapped(OperationalError, errors.LockNotAvailable("canceling statement")),
    "deadlock": wrapped(OperationalError, errors.DeadlockDetected("deadlock detected")),
    "no connection free": NoConnectionFree("QueuePool limit reached"),
    "SQLite full": wrapped(OperationalError, sqlite("SQLITE_FULL")),
    "SQLite only reads": wrapped(OperationalError, sqlite("SQLITE_READONLY_DBMOVED")),
    "SQLite busy": wrapped(OperationalError, sqlite("SQLITE_BUSY_SNAPSHOT")),
    "SQLite gone": wrapped(OperationalError, sqlite("SQLITE_CANTOPEN")),
}
FAULTS = {
    "no table": wrapped(ProgrammingError, errors.UndefinedTable('relation "jobz" does not exist')),
    "not unique": wrapped(IntegrityError, errors.UniqueViolation("duplicate key")),
    "after a failure": wrapped(InternalError, errors.InFailedSqlTransaction("current transaction is aborted")),
    "SQLite no table": wrapped(OperationalError, sqlite("SQLITE_ERROR")),
    "not the database's": ValueError("no"),
}


@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES.keys())
def test_outage_is_described_in_one_line(error: Exception) -> None:
    reason = outage_of(error)
    assert reason
    assert "\n" not in reason


@pytest.mark.parametrize("error", FAULTS.values(), ids=FAULTS.keys())
def test_own_error_is_no_outage(error: Exception) -> None:
    assert outage_of(error) is None
