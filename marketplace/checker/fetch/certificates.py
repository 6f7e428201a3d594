"""TLS for the checker: trusted roots, the verified certificate, and the ways in which a handshake fails.

pyOpenSSL rather than Python's `ssl`: a session that a host lets us resume is handed over without a copy, and both come
with their OpenSSL in cryptography's wheel. The certificate's name is compared here, as RFC 9525 and browsers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic

import certifi
from cryptography import x509
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from OpenSSL.crypto import X509

from marketplace.checker.fetch.result import FetchProblem, Tls
from marketplace.checker.guard.address import IPAddress, Link

LIBRARY = SSL.OpenSSL_version(SSL.OPENSSL_VERSION).decode()
RECORD = 16 * 1024
"""Maximum size of a TLS record, bytes."""
SESSION_SECONDS = 300
"""Sessions are resumed for so long; then the certificate is verified again."""
SESSIONS_KEPT = 1024
# OpenSSL's X509_V_ERR_* codes; everything else is TLS_UNTRUSTED: issuer not found, chain incomplete, …
_PROBLEMS = {
    9: FetchProblem.TLS_NOT_YET_VALID,
    10: FetchProblem.TLS_EXPIRED,
    18: FetchProblem.TLS_SELF_SIGNED,
    23: FetchProblem.TLS_REVOKED,
}
_OLD = ("protocol version", "unsupported protocol", "wrong ssl version")
"""OpenSSL's messages when the server supports no TLS version that we accept."""

_DONE: int = SSL.SENT_SHUTDOWN | SSL.RECEIVED_SHUTDOWN  # pyright: ignore[reportAssignmentType] (pyOpenSSL's is untyped)


class TlsFailed(Exception):
    """The connection isn't secure, or no longer."""

    def __init__(self, problem: FetchProblem, detail: object) -> None:
        super().__init__(str(detail))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ResumableSession:
    """A resumable session, with the certificate that was verified when it began."""

    session: SSL.Session
    tls: Tls
    is_tls12: bool
    until: float


class Authorities:
    """Trusted roots and resumable sessions; for one event loop."""

    def __init__(self, roots: Path | None) -> None:
        """Public roots, or those in `roots` (PEM) alone."""
        self.context = _context(roots)
        self._kept: dict[tuple[str, int], ResumableSession] = {}

    def secure(self, link: Link) -> Secure:
        """A connection that will verify the certificate for the link's host."""
        connection = SSL.Connection(self.context)
        connection.set_connect_state()
        if link.address is None:
            connection.set_tlsext_host_name(link.host.encode())
        kept = self._kept.get((link.host, link.port))
        if kept and kept.until <= monotonic():
            kept = None
        if kept:
            connection.set_session(kept.session)
            if kept.is_tls12:
                connection.set_options(SSL.OP_NO_TLSv1_3)  # whose keys would be made for nothing
        return Secure(self, connection, link, kept)

    def keep(self, link: Link, connection: SSL.Connection, tls: Tls) -> None:
        """Remember a session that began with a certificate verified for the link's host."""
        if session := connection.get_session():
            if len(self._kept) >= SESSIONS_KEPT:
                del self._kept[next(iter(self._kept))]
            is_tls12 = connection.get_protocol_version() == SSL.TLS1_2_VERSION
            self._kept[link.host, link.port] = ResumableSession(session, tls, is_tls12, monotonic() + SESSION_SECONDS)


class Secure:
    """One TLS connection without a socket."""

    def __init__(
        self, authorities: Authorities, connection: SSL.Connection, link: Link, kept: ResumableSession | None
    ) -> None:
        self._authorities, self._connection, self._link, self._kept = authorities, connection, link, kept
        self._codes: list[int] = []
        """What OpenSSL said of the chain, certificate by certificate; empty when a session is resumed."""
        self._verified: Tls | None = None
        connection.set_app_data(self._codes)

    def receive(self, data: bytes) -> None:
        """Feed received bytes."""
        self._connection.bio_write(data)

    def to_send(self) -> bytes:
        """Bytes to send now."""
        try:
            return self._connection.bio_read(RECORD)
        except SSL.WantReadError:
            return b""

    def shake_hands(self) -> Tls | None:
        """The verified certificate; None while the handshake goes on. Raises TlsFailed."""
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return None
        except SSL.Error as error:
            raise TlsFailed(self._problem(error), error) from error
        if self._kept and not self._codes:
            return self._kept.tls  # resumed: no certificate was shown, nor needed
        self._verified = self._certificate()
        return self._verified

    def _problem(self, error: SSL.Error) -> FetchProblem:
        if self._codes and self._codes[-1]:
            return _PROBLEMS.get(self._codes[-1], FetchProblem.TLS_UNTRUSTED)
        return FetchProblem.TLS_OLD if any(words in str(error) for words in _OLD) else FetchProblem.TLS_FAILED

    def _certificate(self) -> Tls:
        version = self._connection.get_protocol_version_name()
        try:
            certificate = self._connection.get_peer_certificate(as_cryptography=True)
            tls = certificate and _vouched(certificate, self._link.host, self._link.address, version)
        except (ValueError, x509.DuplicateExtension) as error:  # OpenSSL reads it, we don't
            raise TlsFailed(FetchProblem.OWN_FAULT, error) from error
        if tls is None:
            raise TlsFailed(FetchProblem.TLS_FAILED, "no certificate")
        return tls

    def write(self, data: bytes) -> None:
        """Encrypt."""
        self._connection.send(data)

    def read(self) -> bytes:
        """Decrypted bytes; empty when there are none for now. Raises TlsFailed."""
        try:
            return self._connection.recv(RECORD)
        except (SSL.WantReadError, SSL.ZeroReturnError):
            return b""
        except SSL.Error as error:
            raise TlsFailed(FetchProblem.CONNECTION_LOST, error) from error

    def close(self) -> None:
        """Keep the session only now, since TLS 1.3 sends it after the handshake."""
        if self._verified:
            self._authorities.keep(self._link, self._connection, self._verified)
        self._connection.set_shutdown(_DONE)  # else OpenSSL declares its session unfit for more


def _note_code(connection: SSL.Connection, certificate: X509, code: int, depth: int, ok: int) -> bool:
    connection.get_app_data().append(code)
    return bool(ok)


@lru_cache(maxsize=8)
def _context(roots: Path | None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_options(SSL.OP_NO_RENEGOTIATION)
    if roots:
        context.load_verify_locations(str(roots))
    else:
        context.load_verify_locations(certifi.where())  # Mozilla's roots: the same on every machine, as browsers have
        context.set_default_verify_paths()  # and whatever the operator added to this one
    context.set_verify(SSL.VERIFY_PEER, _note_code)
    context.set_alpn_protos([b"http/1.1"])
    return context


def _vouched(certificate: x509.Certificate, host: str, address: IPAddress | None, version: str) -> Tls:
    """Raises TlsFailed when the certificate is for another name, ValueError when it can't be parsed."""
    names: list[str] = []
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        is_theirs = False
    else:
        names = alternatives.get_values_for_type(x509.DNSName)
        addresses = alternatives.get_values_for_type(x509.IPAddress)
        is_theirs = address in addresses if address else any(is_name(host, name) for name in names)
    if not is_theirs:
        raise TlsFailed(FetchProblem.TLS_WRONG_NAME, f"the certificate is for {', '.join(names[:3]) or 'no name'}")
    return Tls(
        version=version,
        issuer=_text(certificate.issuer, NameOID.ORGANIZATION_NAME) or _text(certificate.issuer, NameOID.COMMON_NAME),
        subject=_text(certificate.subject, NameOID.COMMON_NAME) or ", ".join(names[:3]),
        expires=certificate.not_valid_after_utc.isoformat(),
    )


def is_name(host: str, name: str) -> bool:
    """Whether a certificate's DNS name stands for `host`: the same, or with a * for all of the first label."""
    first, _, parent = name.lower().partition(".")
    return name.lower() == host or (first == "*" and "." in parent and host.partition(".")[2] == parent)


def _text(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    return next((str(attribute.value) for attribute in name.get_attributes_for_oid(kind)), "")
