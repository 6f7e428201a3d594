"""Receipts: a signed statement that a page existed at a link by a certain time, to be verified without us.

A receipt is a JSON object {"statement", "algorithm": "Ed25519", "key_id", "public_key", "signature"}. The signature is
over the statement as canonical JSON: UTF-8, keys sorted, no spaces. It and the key (RFC 8032) are base64.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

MAX_RECEIPT = 64 * 1024
"""Bytes; ours have about one thousand."""


class NotValid(ValueError):
    """The file is no receipt, or not as it was signed; the message says which."""


class ReceiptStatement(BaseModel):
    """What is stated; times UTC."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["prebuilt-receipt-1"] = "prebuilt-receipt-1"
    issuer: str
    """The marketplace's own address."""
    bid: int
    url: str
    revision: int
    """Counts the links that the bid has had."""
    submitted_at: AwareDatetime
    """When the link was given."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the served page, decoded."""
    first_seen_at: AwareDatetime
    """When a check first found this very page at the link: it existed by then."""
    last_seen_at: AwareDatetime


class Receipt(BaseModel):
    """A statement and its signature."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    statement: dict[str, Any]
    algorithm: Literal["Ed25519"]
    key_id: str
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class Verified:
    """A receipt that is as it was signed."""

    statement: ReceiptStatement
    key_id: str
    public_key: str


def key_from(seed: str) -> Ed25519PrivateKey:
    """The signing key of 64 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))


def public_part(key: Ed25519PrivateKey) -> dict[str, str]:
    """What verifiers need: algorithm, key id, public key."""
    raw = key.public_key().public_bytes_raw()
    return {"algorithm": "Ed25519", "key_id": _id_of(raw), "public_key": b64encode(raw).decode()}


def sign(statement: ReceiptStatement, key: Ed25519PrivateKey) -> str:
    """The receipt as the text of a file; the same statement and key always give the same text."""
    stated = statement.model_dump(mode="json")
    signature = b64encode(key.sign(_canonical(stated))).decode()
    return json.dumps({"statement": stated, **public_part(key), "signature": signature}, indent=1, ensure_ascii=False)


def verify(text: bytes, public_key: str | None = None) -> Verified:
    """Check a receipt, against a base64 `public_key` that the caller trusts if there is one; raises NotValid.

    Without a key it is only shown that nobody changed the receipt since the holder of the key in it signed it.
    """
    receipt = _read(text)
    raw = _decoded(receipt.public_key, "public key")
    if receipt.key_id != _id_of(raw):
        raise NotValid("The key id is not that of the public key in the receipt.")
    if public_key is not None and _decoded(public_key, "key that you gave") != raw:
        raise NotValid("The receipt was signed with another key than the one that you gave.")
    try:
        signed = _canonical(receipt.statement)
        Ed25519PublicKey.from_public_bytes(raw).verify(_decoded(receipt.signature, "signature"), signed)
        statement = ReceiptStatement.model_validate(receipt.statement)
    except InvalidSignature:
        raise NotValid("The signature does not fit the statement: one of them was changed.") from None
    except (ValidationError, ValueError):
        raise NotValid("The key or the statement is not one that this version knows.") from None
    return Verified(statement, receipt.key_id, receipt.public_key)


def _read(text: bytes) -> Receipt:
    if len(text) > MAX_RECEIPT:
        raise NotValid(f"This file has more than {MAX_RECEIPT} bytes; it is no receipt.")
    try:
        return Receipt.model_validate(json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, or JSON of another shape
        raise NotValid("This file is no receipt.") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Readers disagree about a key that is there twice."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _canonical(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _decoded(text: str, what: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotValid(f"The {what} is not base64.") from None


def _id_of(raw: bytes) -> str:
    """The first 16 hexadecimal digits of the key's SHA-256."""
    return hashlib.sha256(raw).hexdigest()[:16]
