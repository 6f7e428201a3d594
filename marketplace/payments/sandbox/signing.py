"""Sign and verify the sandbox's webhooks as providers do: HMAC over timestamp and body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from marketplace.payments.providers.protocol import BadSignature, Event

HEADER = "Sandbox-Signature"
TOLERANCE_SECONDS = 300


def sign(body: bytes, secret: str, now: datetime) -> str:
    """Signature header of a message sent at `now`."""
    stamp = str(int(now.timestamp()))
    return f"t={stamp},v1={_digest(stamp, body, secret)}"


def read(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> Event:
    """Verify and parse a message; raises BadSignature when forged or more than TOLERANCE_SECONDS old."""
    parts = dict(part.split("=", 1) for part in headers.get(HEADER, "").split(",") if "=" in part)
    stamp = parts.get("t", "")
    signature = parts.get("v1", "").encode()
    if not any(hmac.compare_digest(signature, _digest(stamp, body, one).encode()) for one in secrets):
        raise BadSignature("This message was not signed by the sandbox.")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("This message is too old.")
    message = json.loads(body)
    return Event(message["id"], message["type"], message["subject"], message["reference"], message)


def _digest(stamp: str, body: bytes, secret: str) -> str:
    return hmac.new(f"sandbox webhooks {secret}".encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
