"""Certificates for servers on loopback: valid ones and each kind of invalid one."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

NOW = datetime.now(UTC)
EXPIRED = {"not_before": NOW - timedelta(9), "not_after": NOW - timedelta(1)}
NOT_YET_VALID = {"not_before": NOW + timedelta(9)}
"""Dates for Authority.context."""


class Authority:
    """A certificate authority for tests."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.roots = folder / "roots.pem"
        self._ca.cert_pem.write_to_path(str(self.roots))

    def context(self, *names: str, **wanted: object) -> ssl.SSLContext:
        """A server's context with a certificate for `names`; not_before and not_after may be given."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, **wanted).configure_cert(context)  # pyright: ignore[reportArgumentType]
        return context

    def odd_context(self, *names: x509.GeneralName) -> ssl.SSLContext:
        """A server's context with a certificate that lists `names` as given, even those that no browser can match."""
        key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        signer = serialization.load_pem_private_key(self._ca.private_key_pem.bytes(), None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        issuer = x509.load_pem_x509_certificate(self._ca.cert_pem.bytes()).subject
        builder = x509.CertificateBuilder(issuer, x509.Name([]), key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(today - timedelta(1)).not_valid_after(today + timedelta(9))
        certificate = builder.add_extension(x509.SubjectAlternativeName(names), critical=True).sign(signer, SHA256())
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with trustme.Blob(certificate.public_bytes(pem) + private).tempfile() as both:
            context.load_cert_chain(both)
        return context

    def without_its_chain(self, *names: str) -> ssl.SSLContext:
        """A server's context with a certificate by an intermediate authority that the server doesn't send."""
        issued = self._ca.create_child_ca().issue_cert(*names)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with issued.cert_chain_pems[0].tempfile() as own, issued.private_key_pem.tempfile() as key:
            context.load_cert_chain(own, key)
        return context


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a self-signed certificate; its files go into `folder`."""
    own = trustme.CA()
    own.cert_pem.write_to_path(str(folder / "cert.pem"))
    own.private_key_pem.write_to_path(str(folder / "key.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
