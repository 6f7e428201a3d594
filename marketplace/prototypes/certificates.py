"""What a TLS handshake tells: the verified certificate, or the class of failure."""

from __future__ import annotations

from datetime import UTC, datetime
from ssl import cert_time_to_seconds
from typing import Any, cast

import rtls

from marketplace.prototypes.trail import Problem, Tls

_PROBLEMS = (
    ("certificate expired", Problem.TLS_EXPIRED),
    ("not valid yet", Problem.TLS_NOT_YET_VALID),
    ("not valid for", Problem.TLS_WRONG_NAME),
    ("Revoked", Problem.TLS_REVOKED),
    ("UnknownIssuer", Problem.TLS_UNTRUSTED),
    ("CaUsedAsEndEntity", Problem.TLS_UNTRUSTED),
    ("BadSignature", Problem.TLS_UNTRUSTED),
)
"""By the words of the TLS library (rustls), which keeps no numbers for them."""


def problem_of(error: rtls.SSLError) -> Problem:
    """The class of a failed handshake."""
    words = str(error)
    return next((problem for phrase, problem in _PROBLEMS if phrase in words), Problem.TLS_FAILED)


def certificate_of(tls: rtls.SSLObject) -> Tls:
    """Who vouched for whom until when, of a handshake that succeeded."""
    certificate = cast("dict[str, Any]", tls.getpeercert() or {})
    names: list[str] = [value for _, value in certificate.get("subjectAltName", ())]
    subject, issuer = _attributes(certificate.get("subject")), _attributes(certificate.get("issuer"))
    expires = certificate.get("notAfter", "")
    return Tls(
        version=tls.version() or "",
        issuer=issuer.get("organizationName") or issuer.get("commonName", ""),
        subject=subject.get("commonName") or ", ".join(names[:3]),
        expires=datetime.fromtimestamp(cert_time_to_seconds(expires), UTC).isoformat() if expires else "",
    )


def _attributes(name: Any) -> dict[str, str]:
    return {key: value for part in name or () for key, value in part}
