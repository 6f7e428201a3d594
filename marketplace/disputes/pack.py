"""Pack the evidence into a ZIP file: HTML page, JSON, contract, check records, receipt and uploaded files.

The same rows always give the same bytes, and its list of SHA-256 hashes reveals altered copies.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from marketplace.disputes.evidence import DisputeEvidence

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.core.storage import FileStore
    from marketplace.disputes.models import Dispute
    from marketplace.prototypes.models import StoredCheck

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Date of every entry, so that packing twice gives the same bytes."""
HIDDEN = "(hidden by a moderator)"


def write_pack(out: IO[bytes], entries: Iterable[tuple[str, bytes]]) -> None:
    """Write (name, content) entries, then `SHA256SUMS` in the format of sha256sum."""
    sums: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(_entry(name), content)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
        archive.writestr(_entry("SHA256SUMS"), "".join(sums))


def entries_of(
    dispute: Dispute, evidence: DisputeEvidence, page: str, contract_pdf: bytes, receipt: str, files: FileStore
) -> Iterator[tuple[str, bytes]]:
    """Yield all entries of the pack; `receipt` may be empty."""
    yield "index.html", page.encode()
    yield "contract.pdf", contract_pdf
    yield "dispute.json", _json(_dispute(dispute))
    yield "contract.json", _json(_contract(dispute, evidence))
    yield "messages.json", _json([_message(one) for one in evidence.messages])
    yield "go-live.json", _json([_row(one) for one in evidence.comparisons])
    if receipt:
        yield "receipt.json", receipt.encode()
    yield from _checks("awarded", evidence.awarded)
    yield from _checks("production", evidence.production)
    for one in dispute.files:
        path = files.path(one.file_key)
        if path.exists():
            yield f"files/{one.id}-{PurePath(one.filename).name}", path.read_bytes()


def _checks(which: str, checks: Iterable[StoredCheck]) -> Iterator[tuple[str, bytes]]:
    """All quick checks in one file, each full check in its own."""
    quick: list[dict[str, Any]] = []
    for one in checks:
        if one.is_full:
            yield f"checks/{which}-full-{one.id}.json", _json(_row(one))
        else:
            quick.append(_row(one))
    if quick:
        yield f"checks/{which}-quick.json", _json(quick)


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        **_row(dispute, but=("lease_token", "leased_until", "due_at")),
        "opened_by": _who(dispute.opener),
        "statements": [{**_row(one), "author": _who(one.author)} for one in dispute.statements],
        "files": [{**_row(one), "brought_by": _who(one.owner)} for one in dispute.files],
        "proposals": [{**_row(one), "proposed_by": _who(one.proposer)} for one in dispute.proposals],
        "rulings": [_row(one, but=("admin_id",)) for one in dispute.rulings],
    }


def _contract(dispute: Dispute, evidence: DisputeEvidence) -> dict[str, Any]:
    contract = dispute.milestone.contract
    return {
        **_row(contract, but=("token",)),
        "client": _who(contract.client),
        "freelancer": _who(contract.freelancer),
        "milestones": [_row(one) for one in contract.milestones],
        "versions": [_row(one) for one in evidence.versions],
        "timeline": [_row(one) for one in evidence.timeline],
        "handover": [_row(one) for one in evidence.handover],
        "sites": [_row(one) for one in evidence.events],
    }


def _message(message: Any) -> dict[str, Any]:
    text = HIDDEN if message.hidden_at else message.text
    return {"id": message.id, "sender": _who(message.sender), "sent_at": message.sent_at, "text": text}


def _who(person: User) -> dict[str, Any]:
    return {"id": person.id, "name": person.name}


def _row(row: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in but}


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
