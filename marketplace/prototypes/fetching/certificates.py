"""TLS as the checker uses it: who is trusted, what a handshake tells, and the classes in which it fails."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import certifi

from marketplace.prototypes.fetching.trail import Problem, Tls

# OpenSSL's X509_V_ERR_* codes.
_PROBLEMS = {
    9: Problem.TLS_NOT_YET_VALID,
    10: Problem.TLS_EXPIRED,
    18: Problem.TLS_UNTRUSTED,  # self-signed
    19: Problem.TLS_UNTRUSTED,  # self-signed root
    20: Problem.TLS_UNTRUSTED,  # issuer not found
    21: Problem.TLS_UNTRUSTED,  # chain incomplete
    23: Problem.TLS_REVOKED,
    62: Problem.TLS_WRONG_NAME,
    64: Problem.TLS_WRONG_NAME,  # an address, not in the certificate
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(slots=True)
class Secure:
    """One TLS session without a socket: bytes from the wire go into `incoming`, bytes for it come out of `outgoing`."""

    session: ssl.SSLObject
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO


@lru_cache(maxsize=8)
def _context(roots: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if roots:
        context.load_verify_locations(roots)
    else:
        context.load_verify_locations(certifi.where())  # Mozilla's roots: the same on every machine, as browsers have
        context.load_default_certs()  # and whatever the operator added to this one
    context.set_alpn_protocols(["http/1.1"])
    return context


def secure(host: str, roots: Path | None) -> Secure:
    """A session that will verify the certificate for `host` against public roots, or against `roots` (PEM) alone."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = _context(roots).wrap_bio(incoming, outgoing, server_hostname=host)
    return Secure(session, incoming, outgoing)


def problem_of(error: ssl.SSLError) -> Problem:
    """The class of a failed handshake."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _PROBLEMS.get(error.verify_code, Problem.TLS_UNTRUSTED)
    return Problem.TLS_FAILED


def certificate_of(session: ssl.SSLObject) -> Tls:
    """Who vouched for whom until when, of a handshake that succeeded."""
    certificate = cast("dict[str, Any]", session.getpeercert() or {})
    names: list[str] = [value for _, value in certificate.get("subjectAltName", ())]
    subject, issuer = _attributes(certificate.get("subject")), _attributes(certificate.get("issuer"))
    return Tls(
        version=session.version() or "",
        issuer=issuer.get("organizationName") or issuer.get("commonName", ""),
        subject=subject.get("commonName") or ", ".join(names[:3]),
        expires=_moment(certificate.get("notAfter", "")),
    )


def _attributes(name: Any) -> dict[str, str]:
    return {key: value for part in name or () for key, value in part}


def _moment(words: str) -> str:
    """OpenSSL's "Nov 24 10:15:00 2026 GMT" as ISO 8601; empty for anything else."""
    try:
        month, day, time, year, _ = words.split()
        hour, minute, second = map(int, time.split(":"))
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC).isoformat()
    except ValueError:
        return ""
