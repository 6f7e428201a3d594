"""Handover: source, licence and credits as text, credentials as secrets that can be read once."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, update

from marketplace.contracts import policy
from marketplace.contracts.models import Contract, HandoverItem, OneTimeSecret
from marketplace.contracts.services.locking import lock_contract
from marketplace.contracts.services.planning import plan
from marketplace.contracts.services.silence import follow_clock
from marketplace.contracts.services.timeline import note
from marketplace.contracts.states import FREELANCER
from marketplace.contracts.wording import HANDOVER_WORDS
from marketplace.core.database import db
from marketplace.core.errors import Conflict, Invalid, NotFound, demand
from marketplace.core.events import handed_over

if TYPE_CHECKING:
    from marketplace.accounts.models import User

CREDENTIALS = "credentials"


def hand_over(actor: User, contract: Contract, item: HandoverItem, given: str, now: datetime) -> None:
    """Record an item's location or text, also to correct it. Raises Invalid if empty, NotAllowed for others."""
    lock_contract(contract)
    demand(policy.why_not_hand_over(actor, contract))
    if not given.strip():
        raise Invalid("given", "Say where it is, or write it here.")
    item.given, item.given_at = given.strip(), now
    _go_on(contract, now)
    _tell(actor, contract, HANDOVER_WORDS[item.kind][0], now)


def give_secret(
    actor: User, contract: Contract, label: str, text: str, key: MultiFernet, now: datetime
) -> OneTimeSecret:
    """Store a secret for the other side: encrypted until they read it, then deleted."""
    lock_contract(contract)
    demand(policy.why_not_give_secret(actor, contract))
    if not label.strip():
        raise Invalid("label", "Say what this is for, such as “Hosting account”.")
    if not text.strip():
        raise Invalid("text", "Enter what the other side should read.")
    secret = OneTimeSecret(contract_id=contract.id, from_id=actor.id, label=label.strip(), given_at=now)
    secret.ciphertext = key.encrypt(text.strip().encode())
    db.session.add(secret)
    db.session.flush()
    if policy.side_of(actor, contract) == FREELANCER:
        _mark_credentials(contract, now)
        _go_on(contract, now)
    _tell(actor, contract, f"a one-time secret, “{secret.label}”", now)
    return secret


def read_secret(actor: User, contract: Contract, secret_id: int, key: MultiFernet, now: datetime) -> tuple[str, str]:
    """Return (label, text) to the other side and delete the secret; concurrent readers get it only once.

    Raises Conflict when it was read before or can't be decrypted.
    """
    secret = db.session.scalar(_locked(contract.id, secret_id))
    if secret is None:
        raise NotFound("There is no such secret.")
    demand(policy.why_not_read_secret(actor, contract, secret))
    try:
        text = key.decrypt(secret.ciphertext or b"").decode()
    except InvalidToken:
        raise Conflict("This secret can’t be decrypted any more. Ask the other side for a new one.") from None
    gone = update(OneTimeSecret).where(OneTimeSecret.id == secret.id).values(ciphertext=None, read_at=now)
    db.session.execute(gone.execution_options(synchronize_session="fetch"))
    note(contract, "secret_read", f"{actor.name} read the secret “{secret.label}”; it is deleted.", now, actor=actor)
    return secret.label, text


def secret_key(keys: Sequence[str]) -> MultiFernet:
    """Derive the keys for one-time secrets from the site's keys (HKDF, RFC 5869); the first encrypts, all decrypt."""
    derived = (HKDF(SHA256(), 32, None, b"one-time secrets").derive(key.encode()) for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _locked(contract_id: int, secret_id: int):
    mine = OneTimeSecret.id == secret_id, OneTimeSecret.contract_id == contract_id
    return select(OneTimeSecret).where(*mine).with_for_update().execution_options(populate_existing=True)


def _mark_credentials(contract: Contract, now: datetime) -> None:
    mine = HandoverItem.contract_id == contract.id, HandoverItem.kind == CREDENTIALS
    if item := db.session.scalar(select(HandoverItem).where(*mine)):
        item.given_at = now


def _go_on(contract: Contract, now: datetime) -> None:
    """Re-evaluate pauses that waited for the item."""
    db.session.flush()
    for milestone in contract.standing:
        follow_clock(milestone, now)
    plan(contract)


def _tell(actor: User, contract: Contract, what: str, now: datetime) -> None:
    note(contract, "handed_over", f"{actor.name} handed over: {what}.", now, actor=actor)
    handed_over.send(contract, by=actor, what=what)
