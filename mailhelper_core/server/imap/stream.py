"""The octets of one connection: buffered lines and literals, each read under a time and a size budget."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from math import inf
from time import monotonic
from typing import NoReturn

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap.address import LEAST_SECONDS, open_socket
from mailhelper_core.server.imap.deflate import Deflate

# imaplib's own bound; our commands are cut so that no honest answer comes near it.
MAX_LINE_BYTES = 1_000_000
# One read: large enough that 10,000 mails cost about 1,000 system calls.
CHUNK_BYTES = 65_536
# An answer may wait `timeout` seconds plus one second for each so many octets that came: a 30 MB mail
# may be slow, a server that sends a byte a second is gone.
SLOWEST_BYTES_PER_SECOND = 4_096

# What OpenSSL found wrong with a certificate (X509_V_ERR_*).
_CERTIFICATES = {
    9: "the mail server's certificate is not valid yet; is this machine's clock right?",
    10: "the mail server's certificate has expired",
    62: "the mail server's certificate is for another host name",
    64: "the mail server's certificate is for another address",
}
_UNKNOWN_ISSUER = "the mail server's certificate is from an issuer that this machine does not trust"

# What a socket says that has nothing to read, when it is not to wait.
_NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
# What a write says when the other side has closed.
_HUNG_UP = (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
# The first that fits.
_NETWORK_ERRORS: tuple[tuple[type[Exception], str, bool, str], ...] = (
    (TimeoutError, "timeout", True, "the mail server did not answer in time"),
    (ssl.SSLEOFError, "connection_lost", True, "the mail server closed the connection"),
    (ssl.SSLError, "tls", False, "the mail server does not speak TLS as we need it"),
    (socket.gaierror, "unknown_host", True, "the mail server's name is not known"),
    (UnicodeError, "unknown_host", False, "the mail server's name is not a host name"),
    (ConnectionRefusedError, "refused", True, "nothing listens at the mail server's port"),
    (ConnectionError, "connection_lost", True, "the connection to the mail server broke"),
)


def connect(host: str, port: int, *, timeout: float, tls: ssl.SSLContext | None, public_only: bool = False) -> Stream:
    """Connect within `timeout`, in TLS when a context is given; raises ServerError."""
    end = monotonic() + timeout
    try:
        sock = open_socket(host, port, timeout=timeout, public_only=public_only)
    except (OSError, UnicodeError) as exc:
        raise network_error(exc) from exc
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if tls:
            sock.settimeout(max(LEAST_SECONDS, end - monotonic()))
            sock = tls.wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError) as exc:
        sock.close()
        raise network_error(exc) from exc
    return Stream(sock, timeout=timeout)


@cache
def shared_tls() -> ssl.SSLContext:
    """Answer the one context of this process: making one costs 30 ms CPU, a connection 2."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def network_error(exc: Exception) -> ServerError:
    """Translate what sockets, TLS and name resolution raise."""
    if isinstance(exc, ssl.SSLCertVerificationError):
        return ServerError(_CERTIFICATES.get(exc.verify_code, _UNKNOWN_ISSUER), code="tls", transient=False)
    for kind, code, transient, message in _NETWORK_ERRORS:
        if isinstance(exc, kind):
            return ServerError(message, code=code, transient=transient)
    return ServerError("the mail server cannot be reached", code="unreachable")


class Stream:
    """A connected socket, read and written whole; every failure is a ServerError.

    Only time spent waiting for the network counts against the budget, not the time that the reader of
    a streamed answer takes between two reads. `finish_by` is for phases that nobody streams: after it, by the
    clock, nothing more is read.
    """

    def __init__(self, sock: socket.socket, *, timeout: float, clock: Callable[[], float] = monotonic) -> None:
        self.received = 0
        self.sent = 0
        self.closed = False
        self.socket = sock
        self._timeout = timeout
        self._clock = clock
        self._buffer = b""
        self._at = 0
        self._waited = 0.0
        self._received_before = 0
        self._until = inf
        self._deflate: Deflate | None = None
        sock.settimeout(timeout)

    @property
    def pending(self) -> int:
        """How many octets came that nobody has read yet."""
        return len(self._buffer) - self._at

    @property
    def has_more(self) -> bool:
        """Say whether a read may answer though the socket has nothing to tell."""
        decrypted = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending() > 0
        return self.pending > 0 or decrypted or (self._deflate is not None and self._deflate.has_more)

    def expect(self) -> None:
        """Begin a new answer: the time budget starts again."""
        self._waited = 0.0
        self._received_before = self.received

    def discount(self, octets: int) -> None:
        """Let so many of the octets that came buy no time for what follows."""
        self._received_before += octets

    def finish_by(self, seconds: float) -> None:
        """Read for at most so many seconds from now on, whoever waits for whom; inf takes it back."""
        self._until = self._clock() + seconds

    def line(self) -> bytes:
        """Read one line with its line end."""
        start = self._at
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer) - self._at
            if start > MAX_LINE_BYTES:
                self.fail("line_too_long", "the mail server sent a line that is too long")
            self._fill()
        line = self._buffer[self._at : end + 1]
        self._at = end + 1
        return line

    def exactly(self, size: int) -> bytes:
        """Read so many octets."""
        while len(self._buffer) - self._at < size:
            if size > CHUNK_BYTES:
                return self._large(size)
            self._fill()
        data = self._buffer[self._at : self._at + size]
        self._at += size
        return data

    def drop(self, size: int) -> None:
        """Read so many octets and keep none of them."""
        while size:
            if not self.pending:
                self._fill()
            step = min(size, self.pending)
            self._at += step
            size -= step

    def poll(self) -> bool:
        """Take in what came, without waiting, up to about a line's limit; answer whether that was all."""
        if self.closed:
            self.fail("connection_lost", "the connection to the mail server is closed")
        self.expect()
        self.socket.settimeout(0)
        try:
            while self.pending <= MAX_LINE_BYTES:
                self._fill()
        except _NOT_YET:
            return True
        finally:
            if not self.closed:
                self.socket.settimeout(self._timeout)
        return False

    def peek(self) -> bytes:
        """Look at what came and was not read."""
        return self._buffer[self._at :]

    def skip(self, size: int) -> None:
        """Count so many octets of what came as read."""
        self._at += size

    def send(self, data: bytes) -> None:
        """Write everything, one time budget for each chunk.

        Where the other side has hung up, what it said before is still to be read: its answers, and why it went. The
        next read after that raises.
        """
        data = self._deflate.pack(data) if self._deflate else data
        try:
            for at in range(0, len(data), CHUNK_BYTES):
                self.socket.sendall(data[at : at + CHUNK_BYTES])
        except _HUNG_UP:
            return
        except (OSError, ValueError) as exc:
            self.close()
            raise network_error(exc) from exc
        self.sent += len(data)

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; refuse what somebody slipped in before it (CVE-2011-0411)."""
        if self.pending:
            self.fail("tls", "the mail server sent data between STARTTLS and TLS", transient=False)
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def compress(self) -> None:
        """Go on in DEFLATE; what came already is compressed (RFC 4978 3)."""
        self._deflate = Deflate()
        self._deflate.take(self._buffer[self._at :])
        self._buffer, self._at = b"", 0

    def fail(self, code: str, message: str, *, transient: bool = True) -> NoReturn:
        """Close and raise: what follows on this connection cannot be trusted."""
        self.close()
        raise ServerError(message, code=code, transient=transient)

    def close(self) -> None:
        """Close the socket; never raises."""
        self.closed = True
        with suppress(OSError):
            self.socket.close()

    def _large(self, size: int) -> bytes:
        parts = [self._buffer[self._at :]]
        missing = size - len(parts[0])
        self._buffer, self._at = b"", 0
        try:
            while missing > 0:
                parts.append(self._receive(min(missing, 16 * CHUNK_BYTES)))
                missing -= len(parts[-1])
            return b"".join(parts)
        except MemoryError:
            parts.clear()
            self.fail("too_much", "the mail server sends more than fits into this process's memory")

    def _fill(self) -> None:
        self._buffer = self._buffer[self._at :] + self._receive(CHUNK_BYTES)
        self._at = 0

    def _receive(self, size: int) -> bytes:
        if self._deflate is None:
            return self._receive_raw(size)
        try:
            if not self._deflate.has_more:
                self._deflate.take(self._receive_raw(CHUNK_BYTES))
            # Never more than was asked for: what a bomb unpacks to meets the limits of lines and literals.
            return self._deflate.unpack(size)
        except zlib.error:
            self.fail("connection_lost", "the mail server compresses in a way that cannot be read")

    def _receive_raw(self, size: int) -> bytes:
        start = self._clock()
        try:
            data = self.socket.recv(size)
        except _NOT_YET:
            raise
        except (OSError, ValueError) as exc:
            self.close()
            raise network_error(exc) from exc
        if not data:
            self.fail("connection_lost", "the mail server closed the connection")
        self.received += len(data)
        now = self._clock()
        self._waited += now - start
        came = self.received - self._received_before
        if self._waited > self._timeout + came / SLOWEST_BYTES_PER_SECOND or now > self._until:
            self.fail("timeout", "the mail server answers too slowly")
        return data
