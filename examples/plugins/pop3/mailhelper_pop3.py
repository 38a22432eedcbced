"""A mail source for `pop3s://` and, on this machine, `pop3://`: one mailbox, read only, identity by UIDL (RFC 1939)."""

from __future__ import annotations

import poplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address, ip_network

from mailhelper_core import (
    Endpoint,
    LocalFolder,
    LocalMessage,
    LocalSession,
    LoginError,
    ServerError,
    SourceType,
    ThrottledError,
    hookimpl,
    with_uids,
)

TIMEOUT_SECONDS = 60.0
# RFC 2449 8.1.2 and RFC 3206: the password may be right, and another try later may do.
_LATER = (b"IN-USE", b"SYS/TEMP")
# What is public of IPv6, and within it what holds an address of IPv4 that may be none (RFC 3056).
_PUBLIC_IPV6, _IPV4_INSIDE = ip_network("2000::/3"), ip_network("2002::/16")
# poplib's own bound of 2,048 octets a line breaks mail that others read; other programs of this process keep it.
MAX_LINE_OCTETS = 1_000_000


@hookimpl
def register_sources() -> Sequence[SourceType]:
    """Answer the source."""
    return [SourceType("pop3", ("pop3", "pop3s"), connect, needs_secret=True)]


class Maildrop:
    """The one mailbox of a POP3 server, over one connection: the server locks it meanwhile."""

    def __init__(self, connection: poplib.POP3) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}

    def messages(self) -> Mapping[int, LocalMessage]:
        """List what is there, by a uid that follows from the UIDL alone."""
        with _answering():
            lines = [line.split(b" ", 1) for line in self._connection.uidl()[1]]
            self._numbers = {identity.decode("ascii", "replace"): int(number) for number, identity in lines}
        found = with_uids((identity.encode(), 0, identity) for identity in self._numbers)
        return {uid: LocalMessage(uid, identity, frozenset()) for uid, identity in found.items()}

    def read(self, message: LocalMessage) -> bytes:
        """Read a whole message."""
        with _answering():
            return _joined(self._connection.retr(self._numbers[message.path])[1])

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        """Answer header block, size and time: POP3 keeps none, so it is the sender's."""
        number = self._numbers[message.path]
        with _answering():
            size = int(bytes(self._connection.list(number)).split()[2])  # type: ignore[arg-type]
            header = _joined(self._connection.top(number, 0)[1])
        return header, size, _date(header)


class Pop3Session(LocalSession):
    """A session of one maildrop."""

    def __init__(self, connection: poplib.POP3) -> None:
        folders: Mapping[str, LocalFolder] = {"INBOX": Maildrop(connection)}
        self._pop3: poplib.POP3 | None = connection
        super().__init__(lambda: folders, delimiter="/")

    def close(self) -> None:
        """Log out, once."""
        super().close()
        connection, self._pop3 = self._pop3, None
        if connection is not None:
            with suppress(OSError, poplib.error_proto):
                connection.quit()


class Wire(poplib.POP3):
    """A connection, in TLS when a context is given; poplib by itself trusts every certificate."""

    def __init__(self, host: str, address: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        self._address, self._context = address, context
        self.file = self.sock = None  # type: ignore[assignment]  # what `close` closes
        try:
            super().__init__(host, port, timeout)
        except (OSError, poplib.error_proto):
            self.close()  # poplib leaves it open when the greeting is not what it should be, or does not come
            raise

    def _getline(self) -> tuple[bytes, int]:
        """Read a line as poplib does, up to a bound of our own."""
        line = self.file.readline(MAX_LINE_OCTETS + 1)
        if len(line) > MAX_LINE_OCTETS:
            raise poplib.error_proto("line too long")
        if not line:
            raise poplib.error_proto("the connection ended")
        return line.removesuffix(b"\n").removesuffix(b"\r"), len(line)

    def _create_socket(self, timeout: float) -> socket.socket:
        plain = socket.create_connection((self._address, self.port), timeout)
        try:
            return self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain
        except OSError:
            plain.close()
            raise


def connect(endpoint: Endpoint) -> Pop3Session:
    """Connect and log in."""
    is_plain, options = endpoint.scheme == "pop3", dict(endpoint.options)
    if is_plain and endpoint.host not in ("127.0.0.1", "::1", "localhost"):
        raise ServerError("pop3:// is for this machine only; use pop3s://", code="insecure", transient=False)
    port = endpoint.port or (110 if is_plain else 995)
    timeout = float(options.get("timeout", TIMEOUT_SECONDS))
    context = None if is_plain else ssl.create_default_context()
    with _answering("unreachable"):
        address = _public(endpoint.host, port) if options.get("addresses") == "public" else endpoint.host
        connection = Wire(endpoint.host, address, port, timeout, context)
    try:
        _log_in(connection, endpoint)
    except ServerError:
        connection.close()
        raise
    return Pop3Session(connection)


def _log_in(connection: poplib.POP3, endpoint: Endpoint) -> None:
    with _answering():
        try:
            connection.user(endpoint.username)
            connection.pass_(endpoint.secret)
        except poplib.error_proto as exc:
            if not _is_said(exc):  # the connection ended, which says nothing about the password
                raise
            code = exc.args[0].upper().partition(b"[")[2].partition(b"]")[0]
            if code == b"LOGIN-DELAY":
                raise ThrottledError from exc
            if code in _LATER:
                raise ServerError("the maildrop cannot be opened now", code="in_use") from exc
            raise LoginError from exc


def _public(host: str, port: int) -> str:
    """Answer the host's first address on the public internet: what is looked at is what is connected to."""
    for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ip_address(str(found[4][0]).partition("%")[0])
        is_real = address.version == 4 or (address in _PUBLIC_IPV6 and address not in _IPV4_INSIDE)
        if is_real and address.is_global and not address.is_multicast:
            return str(address)
    raise ServerError("the mail server is not on the public internet", code="private_host", transient=False)


@contextmanager
def _answering(broken: str = "connection_lost") -> Iterator[None]:
    """Say as mailhelper does what went wrong; broken: the code of a connection that ended."""
    try:
        yield
    except ssl.SSLCertVerificationError as exc:
        raise ServerError("the mail server's certificate cannot be trusted", code="tls", transient=False) from exc
    except TimeoutError as exc:
        raise ServerError(code="timeout") from exc
    except poplib.error_proto as exc:
        raise ServerError(code="rejected" if _is_said(exc) else broken) from exc
    except (OSError, ValueError, IndexError) as exc:  # the last two: what it said is no POP3
        raise ServerError(code=broken) from exc


def _is_said(exc: poplib.error_proto) -> bool:
    """Say whether the server said -ERR; what poplib itself complains of, such as the end of the line, is a str."""
    return isinstance(exc.args[0], bytes)


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


def _date(header: bytes) -> datetime:
    for line in header.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").splitlines():
        if line.lower().startswith(b"date:"):
            with suppress(ValueError, TypeError, OverflowError):
                found = parsedate_to_datetime(line[5:].decode("ascii", "replace").strip())
                return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime(1970, 1, 1, tzinfo=UTC)
