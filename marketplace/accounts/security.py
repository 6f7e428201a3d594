"""Sets up Flask-Security: registration, confirmation, reset and sign-in with our forms, mails, limits and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil

from config.settings import Settings
from marketplace.accounts.forms import SignUpForm
from marketplace.accounts.models import Profile, Role, User
from marketplace.accounts.services import role_named
from marketplace.accounts.views.signing_in import guard_pages
from marketplace.core.database import db
from marketplace.core.outbox import post_mail
from marketplace.core.text import unique_slug

MIN_PASSWORD_LENGTH = 15
"""NIST SP 800-63B-4, 3.1.1.2: passwords that stand alone."""


class PeopleStore(SQLAlchemyUserDatastore):
    """Gives each new person a slug, a profile and their roles."""

    def find_role(self, role: str) -> Role:
        return role_named(role)

    def create_user(self, **kwargs: Any) -> Any:
        kwargs |= {"slug": unique_slug(kwargs["name"]), "created_at": datetime.now(UTC), "profile": Profile(skills=[])}
        return super().create_user(**kwargs)


class OutboxMail(MailUtil):
    """Puts Flask-Security's mails into the outbox."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        post_mail(str(recipient), subject, (body or "").strip() + "\n", datetime.now(UTC))
        db.session.commit()  # Flask-Security commits after some of its views only


def init_security(app: Flask, settings: Settings) -> None:
    """Configure and attach Flask-Security; generic answers, so that nobody can probe who has an account."""
    app.config.update(_OPTIONS)
    app.config["SECURITY_PASSWORD_SALT"] = settings.secret
    app.config["SECURITY_EMAIL_SENDER"] = settings.mail_from
    if not settings.is_development:
        app.config["TRUSTED_HOSTS"] = [urlsplit(settings.site_url).hostname]
    Security(app, PeopleStore(db, User, Role), mail_util_cls=OutboxMail, register_form=SignUpForm)
    guard_pages(app)


_OPTIONS: dict[str, Any] = {
    "SECURITY_REGISTERABLE": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_LENGTH_MIN": MIN_PASSWORD_LENGTH,
    "SECURITY_PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
    "SECURITY_ZXCVBN_MINIMUM_SCORE": 3,
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
    "SECURITY_LOGIN_URL": "/signin",
    "SECURITY_LOGOUT_URL": "/signout",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_REGISTER_URL": "/signup",
    "SECURITY_RESET_URL": "/reset",
    "SECURITY_CONFIRM_URL": "/confirm",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_POST_LOGIN_VIEW": "/me",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_REGISTER_VIEW": "/signup/sent",
    "SECURITY_POST_CONFIRM_VIEW": "/signin",
    "SECURITY_CONFIRM_ERROR_VIEW": "/confirm",
    "SECURITY_POST_RESET_VIEW": "/signin",
    "SECURITY_POST_CHANGE_VIEW": "/account",
    "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
    "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
    "SECURITY_CONFIRM_EMAIL_WITHIN": "3 days",
    "SECURITY_RESET_PASSWORD_WITHIN": "1 hours",
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "SECURITY_EMAIL_SUBJECT_REGISTER": "Confirm your e-mail address",
    "SECURITY_EMAIL_SUBJECT_CONFIRM": "Confirm your e-mail address",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password was changed",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password was changed",
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        "If there is an account for that address, a mail with a link is on its way.",
        "success",
    ),
    "SECURITY_MSG_CONFIRMATION_REQUEST": (
        "If that address needs confirming, a mail with a link is on its way.",
        "success",
    ),
    "SECURITY_MSG_CONFIRM_REGISTRATION": ("Thank you. A mail with a link is on its way.", "success"),
    "SECURITY_MSG_EMAIL_CONFIRMED": ("Your e-mail address is confirmed. Sign in to go on.", "success"),
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        "That e-mail address and password don’t go together, or the address is not confirmed yet.",
        "error",
    ),
    "SECURITY_MSG_PASSWORD_TOO_SIMPLE": ("That password is easy to guess. Use several unrelated words.", "error"),
    "REMEMBER_COOKIE_DURATION": timedelta(days=30),
}
