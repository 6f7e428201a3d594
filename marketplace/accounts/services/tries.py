"""Count tries in the database, so that limits hold across processes and without Redis.

A try is counted before it is made and uncounted when it was right, so that parallel tries can't slip through. The keys
are keyed hashes of what was typed, so known and unknown accounts are counted alike and no input is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update

from marketplace.accounts.models import TryCount, User
from marketplace.accounts.throttling import CROWDED, GROWING, LINKS, STRICT, Limit
from marketplace.core.database import db
from marketplace.core.outbox import post_mail
from marketplace.core.upserts import insert

_PURPOSE = b"prebuilt tries 1"
Counters = Mapping[str, Limit]
"""The counters of a try: key -> its limit."""


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try; if `wait` is set, an uncounted one that must wait first."""

    keys: tuple[str, ...]
    wait: timedelta
    slows: bool
    """Whether it makes the next one wait, if it stays counted."""


def digests(*parts: str) -> list[str]:
    """Keyed hashes of the parts, for database and cookies: 128 bits of an HMAC, hexadecimal.

    The first uses today's key, the others earlier ones.
    """
    keys: tuple[str, ...] = current_app.extensions["settings"].keys("signals_key")
    derived = (hmac.digest(key.encode(), _PURPOSE, hashlib.sha256) for key in keys)
    return [hmac.digest(key, "\n".join(parts).encode(), hashlib.sha256)[:16].hex() for key in derived]


def _digest(*parts: str) -> str:
    return digests(*parts)[0]


def sign_in_counters(account: str, network: str, device: str | None) -> Counters:
    """Counters of a try to sign in; `device` is one that signed in to the account before, or None."""
    if device is not None:
        return {_digest("device", account, device): STRICT}
    return {
        _digest("pair", account, network): STRICT,
        _digest("account", account): GROWING,
        _digest("network", network): CROWDED,
    }


def own_password_counters(user: User) -> Counters:
    """Counters of a signed-in person's try to enter their own password again."""
    return {_digest("own password", str(user.id)): STRICT}


def link_counters(kind: str, address: str) -> Counters:
    """Counters of a mail with a link of this kind to this address."""
    return {_digest("link", kind, address): LINKS}


def begin_try(counters: Counters, now: datetime) -> Try:
    """Count a try, unless it has to wait. The caller commits before making the try."""
    rows = _locked(counters, now)
    counted = {row: counters[row.key].counted(row.tries, row.last_at, now) for row in rows}
    wait = max(row.last_at + counters[row.key].wait_after(tries) - now for row, tries in counted.items())
    if wait > timedelta(0):
        return Try((), wait, slows=False)
    for row, tries in counted.items():
        row.tries, row.last_at = tries + 1, now
    db.session.flush()
    slows = any(counters[row.key].wait_after(row.tries) for row in rows if counters[row.key] is not CROWDED)
    return Try(tuple(counters), timedelta(0), slows=slows)


def forgive_try(made: Try) -> None:
    """Uncount a try that was right, or not made after all."""
    db.session.execute(
        update(TryCount)
        .where(TryCount.key.in_(made.keys), TryCount.tries > 0)
        .values(tries=TryCount.tries - 1)
        .execution_options(synchronize_session=False)
    )


def tell_owner(account: str, site_url: str, now: datetime) -> None:
    """Mail the account's owner, if there is one, that wrong passwords delay sign-in and what to do; once a day."""
    owner = db.session.scalar(select(User).where(User.email == account, User.confirmed_at.is_not(None)))
    if owner is not None:
        text = _WRONG_PASSWORDS.format(site_url=site_url)
        key = f"wrong-passwords:{owner.id}:{now:%Y%m%d}"
        post_mail(owner.email, "Wrong passwords for your account", text, now, dedupe_key=key)


_WRONG_PASSWORDS = """\
Many wrong passwords were entered for your account. None of them let anybody in. To slow down whoever guesses, devices \
that have not signed in to your account before now have to wait between tries.

On a device that you have used before, sign in as always: it does not have to wait.

On another device, or if you forgot the password, choose a new one here; after that the device counts as yours:

{site_url}/reset

If your password is long and used nowhere else, there is nothing more to do. We write this once a day at most."""


def forget_tries(now: datetime, limit: int = 1_000) -> int:
    """Delete expired counters, at most `limit`; return how many. The caller commits."""
    is_old = TryCount.last_at < now - max(one.forgotten_after for one in (STRICT, GROWING, CROWDED, LINKS))
    old = select(TryCount.key).where(is_old).order_by(TryCount.last_at).limit(limit)
    gone: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        delete(TryCount).where(TryCount.key.in_(old), is_old).execution_options(synchronize_session=False)
    )
    return gone.rowcount


def _locked(counters: Counters, now: datetime) -> list[TryCount]:
    """Return the counters' rows, created where missing, locked in a fixed order."""
    fresh = [{"key": key, "tries": 0, "last_at": now} for key in sorted(counters)]
    db.session.execute(insert(TryCount).values(fresh).on_conflict_do_nothing(index_elements=["key"]))
    rows = select(TryCount).where(TryCount.key.in_(counters)).order_by(TryCount.key).with_for_update()
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))
