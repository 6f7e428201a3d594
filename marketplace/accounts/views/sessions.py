"""Connect Flask-Login to our session rows: signing in begins one, each page checks it, signing out ends it."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask_login import LoginManager, user_logged_in, user_logged_out
from flask_security.signals import change_email_confirmed, password_changed, password_reset
from flask_security.utils import set_request_attr
from sqlalchemy.exc import SQLAlchemyError

from marketplace.accounts.models import User
from marketplace.accounts.policy import SEEN_EVERY, is_over
from marketplace.accounts.services.sessions import begin_session, end_session, end_sessions, note_seen, session_with
from marketplace.core.database import db, set_reading
from marketplace.web.request import now

SID = "sid"
OLD_COOKIE = "remember_token"
"""Flask-Login's cookie that signing out did not end; browsers may still have it."""
log = logging.getLogger(__name__)


def init_sessions(app: Flask) -> None:
    """Replace Flask-Security's user loader; call once Flask-Security is set up."""
    login_manager: LoginManager = app.extensions["security"].login_manager
    login_manager.user_loader(_person_of)
    login_manager.request_loader(_no_tokens)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end_this, app)
    for has_new_secret in (password_changed, password_reset, change_email_confirmed):
        has_new_secret.connect(_end_the_others, app)
    app.after_request(_note_seen)
    app.after_request(_drop_old_cookie)


def _no_tokens(_request: Request) -> None:
    """Refuse Flask-Security's own tokens, which outlive signing out; we issue none."""


def _person_of(uniquifier: str) -> User | None:
    """The signed-in person: the cookie's token belongs to a session that is neither ended nor expired."""
    found = session_with(session.get(SID, ""))
    if found is None:
        return None
    opened, user = found
    if user.fs_uniquifier != uniquifier or not user.active or is_over(opened, user, now()):
        return None
    asks_by_itself = "X-Fragment" in request.headers  # polling by an open page, whose person may have left
    if not asks_by_itself and now() - opened.last_seen >= SEEN_EVERY:
        g.session_in_use = opened.id
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return user


def _begin(_app: Flask, user: User, **_: Any) -> None:
    if SID in session:
        end_session(session[SID])
    session[SID] = begin_session(user.id, now())
    session.permanent = session.pop("_remember", None) == "set" or session.permanent


def _end_this(_app: Flask, **_: Any) -> None:
    end_session(session.pop(SID, ""))
    session.permanent = False
    db.session.commit()  # Flask-Security's view does not


def _end_the_others(_app: Flask, user: User, **_: Any) -> None:
    end_sessions(user, but=session.get(SID, ""))


def _note_seen(response: Response) -> Response:
    """Record the use in its own transaction after the page; a database that can't write just now is ignored."""
    session_id: int | None = g.pop("session_in_use", None)
    if session_id is not None:
        set_reading(False)
        try:
            db.session.rollback()
            note_seen(session_id, now())
            db.session.commit()
        except SQLAlchemyError:
            db.session.rollback()
            log.warning("could not note that a session is in use", exc_info=True)
    return response


def _drop_old_cookie(response: Response) -> Response:
    if OLD_COOKIE in request.cookies:
        response.delete_cookie(OLD_COOKIE)
    return response
