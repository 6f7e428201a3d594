"""Sets up Flask-Security: registration, confirmation, reset, sign-in, with our forms, mails and time."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore

from marketplace.accounts.models import Role, User
from marketplace.core.database import db


def init_security(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=app.secret_key,
        SECURITY_DATETIME_FACTORY=lambda: datetime.now(UTC),
        SECURITY_JOIN_USER_ROLES=False,
    )
    Security(app, SQLAlchemyUserDatastore(db, User, Role))
