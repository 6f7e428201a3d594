"""The check record: everything that one check asked and saw, and its verdict; immutable.

Schema 1, one JSON object (times are ISO 8601 UTC, durations milliseconds, sizes bytes):

    schema, key (the asker's name for the check), url, cause, started_at, finished_at,
    state (live | broken | refused | unknown), reason, sentence, total_ms, retry_after (seconds, or null),
    hops: [{url, address, status, tls: {version, issuer, subject, expires},
            timings: {dns, connect, tls, first_byte, total},
            wire_bytes, decoded_bytes, content_type, location, retry_after, challenge, attachment, problem,
            detail, cut}],
    title, sha256 (of the decoded body), pages: {path: [hops]}, requirements: [{id, kind, value, outcome, evidence}],
    rendering (null unless a browser was asked for; see rendering/view.py),
    audits: [{name, version, tone, sentence, mend, evidence}] (empty for a quick check; see docs/evidence.md),
    outline: {headings, paths, forms} (null for a quick check; see outline.py),
    versions: {tool: version}

Readers ignore keys they don't know; a change of meaning gets a new schema number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from marketplace.checker.audits.audit import Audit
from marketplace.checker.browser.view import Rendering
from marketplace.checker.fetch.page_text import storable
from marketplace.checker.fetch.result import Hop
from marketplace.checker.outline import Outline
from marketplace.checker.requirements import Finding, Outcome
from marketplace.checker.states import CheckState


class NotARecord(ValueError):
    """The text isn't a check record of a schema we know."""


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check, as a value."""

    url: str
    state: CheckState
    reason: str
    sentence: str
    started_at: datetime
    finished_at: datetime
    hops: tuple[Hop, ...]
    key: str = ""
    cause: str = ""
    total_ms: float = 0.0
    retry_after: int | None = None
    title: str = ""
    sha256: str = ""
    pages: dict[str, tuple[Hop, ...]] = field(default_factory=dict[str, tuple[Hop, ...]])
    requirements: tuple[Finding, ...] = ()
    rendering: Rendering | None = None
    audits: tuple[Audit, ...] = ()
    outline: Outline | None = None
    versions: dict[str, str] = field(default_factory=dict[str, str])
    schema: Literal[1] = 1

    @property
    def last(self) -> Hop:
        """The hop at which the trail ended."""
        return self.hops[-1]

    @property
    def is_full(self) -> bool:
        """Whether it is a full check's: with browser and auditors."""
        return self.rendering is not None

    def audit(self, name: str) -> Audit | None:
        """What the auditor of this name found."""
        return next((audit for audit in self.audits if audit.name == name), None)

    @property
    def met(self) -> int:
        return sum(finding.outcome is Outcome.MET for finding in self.requirements)

    @property
    def measured(self) -> int:
        return sum(finding.outcome is not Outcome.NOT_MEASURED for finding in self.requirements)

    def to_json(self, *, indent: int | None = None) -> str:
        """As text; what pages sent that no database takes (NUL, half a surrogate pair) is replaced."""
        try:
            text = _ADAPTER.dump_json(self, indent=indent)
            if rb"\u0000" not in text:
                return text.decode()
        except PydanticSerializationError:
            pass
        return to_json(_all_storable(_ADAPTER.dump_python(self)), indent=indent).decode()

    def to_dict(self) -> dict[str, Any]:
        """The same as to_json, as JSON-ready values for a JSON column."""
        return _ADAPTER.dump_python(self, mode="json")

    @classmethod
    def from_json(cls, text: str | bytes) -> CheckRecord:
        """Raises NotARecord."""
        try:
            return _ADAPTER.validate_json(text)
        except ValidationError as error:
            raise NotARecord(str(error)) from error

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CheckRecord:
        """Raises NotARecord."""
        try:
            return _ADAPTER.validate_python(values)
        except ValidationError as error:
            raise NotARecord(str(error)) from error


def _all_storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_all_storable(name): _all_storable(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_all_storable(one) for one in cast("list[Any]", value)]
    return value


_ADAPTER = TypeAdapter(CheckRecord)
