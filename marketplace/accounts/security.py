"""Set up Flask-Security: registration, confirmation, reset and sign-in with our forms, mails, limits and clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.mail_util import MailUtil
from flask_security.signals import change_email_confirmed
from itsdangerous import Serializer

from config.settings import Settings
from marketplace.accounts.forms import NewAddressForm, SignUpForm
from marketplace.accounts.models import Profile, Role, User
from marketplace.accounts.passwords import PasswordRules
from marketplace.accounts.peppers import PepperedHashes
from marketplace.accounts.policy import LONGEST
from marketplace.accounts.services.people import role_named
from marketplace.accounts.views.addresses import tell_old_address
from marketplace.accounts.views.mailed_links import post_link
from marketplace.accounts.views.sessions import init_sessions
from marketplace.accounts.views.signals import init_signals
from marketplace.accounts.views.signing_in import guard_pages, lead_to_sign_in, page
from marketplace.accounts.views.tries import NewPasswordForm, OwnPasswordForm, SignInForm
from marketplace.accounts.wording import WORDING
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.text import unique_slug


def _now() -> datetime:
    clock: Clock = current_app.extensions["clock"]
    return clock.now()


class PeopleStore(SQLAlchemyUserDatastore):
    """Give each new person a slug, a profile and their roles."""

    def find_role(self, role: str) -> Role:
        return role_named(role)

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Any:
        """Addresses are stored in lower case, so look them up through their unique index."""
        if case_insensitive:
            kwargs = {name: str(value).lower() for name, value in kwargs.items()}
        return super().find_user(**kwargs)

    def create_user(self, **kwargs: Any) -> Any:
        kwargs |= {"slug": unique_slug(kwargs["name"]), "created_at": _now(), "profile": Profile(skills=[])}
        return super().create_user(**kwargs)


class OutboxMail(MailUtil):
    """Queue Flask-Security's mails in the outbox; normalize addresses to lower case."""

    def normalize(self, email: str) -> str:
        return super().normalize(email.strip()).lower()

    def validate(self, email: str) -> str:
        return super().validate(email.strip()).lower()

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
        post_link(template, str(recipient), subject, (body or "").strip() + "\n", kwargs.get("user"), _now())


def init_security(app: Flask, settings: Settings) -> None:
    """Configure and attach Flask-Security with generic answers, so that nobody can find out who has an account."""
    app.config.update(_OPTIONS | WORDING)
    app.config["SECURITY_EMAIL_SENDER"] = settings.mail_from
    if not settings.is_development:
        app.config["TRUSTED_HOSTS"] = [urlsplit(settings.site_url).hostname]
    security = Security(
        app,
        PeopleStore(db, User, Role),
        mail_util_cls=OutboxMail,
        password_util_cls=PasswordRules,
        register_form=SignUpForm,
        login_form=SignInForm,
        verify_form=OwnPasswordForm,
        change_password_form=NewPasswordForm,
        change_email_form=NewAddressForm,
        render_template=page,
    )
    passwords: Any = PepperedHashes(security.pwd_context, settings.keys("password_pepper"))
    security.pwd_context = passwords
    _sign_with_the_newest_key(security)
    security.want_json(lambda _request: False)
    security.unauthn_handler(lead_to_sign_in)
    app.config["SECURITY_FRESHNESS"] = timedelta(minutes=-1)  # never stale: web/password_again.py checks instead
    security.principal.identity_loaders.clear()  # our policies don't use it; it loads the user even for a stylesheet
    change_email_confirmed.connect(_tell_the_old_address, app)
    init_sessions(app)
    guard_pages(app)
    init_signals(app)


def _sign_with_the_newest_key(security: Security) -> None:
    """Flask-Security passes its keys newest first, but itsdangerous signs with the last: reverse them."""
    for serializer in vars(security).values():
        if isinstance(serializer, Serializer):
            serializer.secret_keys.reverse()


def _tell_the_old_address(_app: Flask, user: User, old_email: str, **_: Any) -> None:
    tell_old_address(user, old_email)


_OPTIONS: dict[str, Any] = {
    "SECURITY_REGISTERABLE": True,
    "SECURITY_USE_REGISTER_V2": True,
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_CHANGE_EMAIL": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_HASHING_SCHEMES": ["hex_sha256", "sha256_crypt"],  # in signed links: no secret, so no slow hash needed
    "SECURITY_PASSWORD_SINGLE_HASH": True,  # our context does the HMAC
    "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
    "SECURITY_DATETIME_FACTORY": _now,
    "SECURITY_LOGIN_URL": "/signin",
    "SECURITY_LOGOUT_URL": "/signout",
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_REGISTER_URL": "/signup",
    "SECURITY_RESET_URL": "/reset",
    "SECURITY_CONFIRM_URL": "/confirm",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_CHANGE_EMAIL_URL": "/account/email",
    "SECURITY_POST_LOGIN_VIEW": "/me",
    "SECURITY_POST_LOGOUT_VIEW": "/",
    "SECURITY_POST_REGISTER_VIEW": "/signup/sent",
    "SECURITY_POST_CONFIRM_VIEW": "/signin",
    "SECURITY_CONFIRM_ERROR_VIEW": "/confirm",
    "SECURITY_POST_RESET_VIEW": "/signin",
    "SECURITY_POST_CHANGE_VIEW": "/account",
    "SECURITY_POST_CHANGE_EMAIL_VIEW": "/account",
    "SECURITY_AUTO_LOGIN_AFTER_CONFIRM": False,
    "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
    "SECURITY_CONFIRM_EMAIL_WITHIN": "3 days",
    "SECURITY_RESET_PASSWORD_WITHIN": "1 hours",
    "SECURITY_CHANGE_EMAIL_WITHIN": "2 hours",
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
    "PERMANENT_SESSION_LIFETIME": LONGEST,
    "SESSION_REFRESH_EACH_REQUEST": False,
}
