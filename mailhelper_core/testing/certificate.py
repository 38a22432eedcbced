"""Certificates for a server on this machine: good ones, expired ones, ones for another host."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class LocalCertificate:
    """A self-signed certificate. `valid_days` negative: expired so long ago. Pass the contexts to both sides."""

    def __init__(self, hosts: Sequence[str] = ("localhost", "127.0.0.1"), *, valid_days: int = 1) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = _sign(self._key, hosts, datetime.now(UTC) + timedelta(days=valid_days))

    @property
    def pem(self) -> str:
        """The certificate, for a client that is to trust it."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")

    def server_context(self) -> ssl.SSLContext:
        """Answer what a server wraps its sockets with."""
        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as directory:  # the ssl module reads keys from files only
            chain = Path(directory) / "chain.pem"
            chain.touch(mode=0o600)
            chain.write_bytes(key + self.pem.encode("ascii"))
            context.load_cert_chain(chain)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Answer a client's context that trusts this certificate and nothing else."""
        return ssl.create_default_context(cadata=self.pem)


def _sign(key: ec.EllipticCurvePrivateKey, hosts: Sequence[str], until: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - timedelta(days=30))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
