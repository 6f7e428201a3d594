"""Store signals: as keyed hashes only, deleted once old, and overridden where an admin knows better."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.accounts.linked_accounts import known_pair
from marketplace.accounts.linking_rules import ADDRESS, KEPT, pair_of
from marketplace.accounts.models import AccountSignal, KnownPair
from marketplace.accounts.policy import why_not_moderate
from marketplace.core.database import db
from marketplace.core.errors import Conflict, demand
from marketplace.core.networks import network_of

if TYPE_CHECKING:
    from marketplace.accounts.models import User

_PURPOSE = b"prebuilt account signals 1"
DIGEST_BYTES = 16


def digest(secret: str, kind: str, value: str) -> str:
    """Hash a signal: without the site's secret nobody can recover it, or try addresses."""
    key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    plain = network_of(value) if kind == ADDRESS else value
    return hmac.digest(key, f"{kind}\n{plain}".encode(), hashlib.sha256)[:DIGEST_BYTES].hex()


def note_signals(
    user_id: int, seen: Mapping[str, str], secret: str, now: datetime, earlier: Sequence[str] = ()
) -> None:
    """Record an account's signals (kind -> value), in one statement; known ones only get a new time.

    A signal stored under an `earlier` secret, for any account, is rehashed under this one when seen again.
    """
    for kind, value in seen.items():
        for key in earlier if value else ():
            _bring_over(kind, digest(key, kind, value), digest(secret, kind, value))
    rows = [
        {"user_id": user_id, "kind": kind, "digest": digest(secret, kind, value), "first_seen": now, "last_seen": now}
        for kind, value in seen.items()
        if value
    ]
    if not rows:
        return
    insert = (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(AccountSignal)
    key = [AccountSignal.user_id, AccountSignal.kind, AccountSignal.digest]
    db.session.execute(
        insert.values(rows).on_conflict_do_update(index_elements=key, set_={"last_seen": insert.excluded.last_seen})
    )


def _bring_over(kind: str, old: str, new: str) -> None:
    noted = AccountSignal.kind == kind, AccountSignal.digest == old
    has_new = select(AccountSignal.user_id).where(AccountSignal.kind == kind, AccountSignal.digest == new)
    change = update(AccountSignal).where(*noted, AccountSignal.user_id.not_in(has_new)).values(digest=new)
    db.session.execute(change.execution_options(synchronize_session=False))
    db.session.execute(delete(AccountSignal).where(*noted).execution_options(synchronize_session=False))


def forget_signals(now: datetime, limit: int = 1_000) -> int:
    """Delete signals unseen for 90 days, at most `limit`; return how many. The caller commits."""
    key = tuple_(AccountSignal.user_id, AccountSignal.kind, AccountSignal.digest)
    is_old = AccountSignal.last_seen < now - KEPT
    old = select(AccountSignal.user_id, AccountSignal.kind, AccountSignal.digest).where(is_old)
    gone: CursorResult[Any] = db.session.execute(  # pyright: ignore[reportAssignmentType]
        delete(AccountSignal)
        .where(key.in_(old.order_by(AccountSignal.last_seen).limit(limit)), is_old)
        .execution_options(synchronize_session=False)
    )
    return gone.rowcount


def know_pair(actor: User, one: int, other: int, reason: str, now: datetime) -> KnownPair:
    """Record that these accounts are two people (a household, say); raises Conflict if already recorded."""
    demand(why_not_moderate(actor))
    if known_pair(one, other) is not None:
        raise Conflict("These two are known already.")
    low, high = pair_of(one, other)
    known = KnownPair(lower_id=low, higher_id=high, marked_by=actor.id, reason=reason, marked_at=now)
    db.session.add(known)
    db.session.flush()
    return known


def unknow_pair(actor: User, one: int, other: int) -> None:
    """Remove an admin's record of a known pair; raises Conflict if there is none."""
    demand(why_not_moderate(actor))
    known = known_pair(one, other)
    if known is None:
        raise Conflict("These two are not known as two people.")
    db.session.delete(known)
    db.session.flush()
