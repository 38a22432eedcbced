"""Greeting and login with IMAPClient: the one module that knows what is private in it.

imaplib reads and writes through our Stream from the first octet on (`open`, `read`, `readline`, `send` and
`shutdown` are there to be overridden), so deadlines and limits hold and our wire layer can go on. IMAPClient
is then put around that connection. Where a release of it no longer fits, which a look at each new connection
and each call tells, the public methods of imaplib log in alone.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable
from typing import Any, Protocol

from imapclient import IMAPClient

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap.failure import refusal
from mailhelper_core.server.imap.response import read_status
from mailhelper_core.server.imap.sasl import Answer
from mailhelper_core.server.imap.stream import MAX_LINE_BYTES, Stream

_REFUSAL = re.compile(rb"\S+ ((?:NO|BAD|BYE)\b.*)", re.IGNORECASE | re.DOTALL)

_NO_LONGER_FITS = (AttributeError, TypeError)

# What a server may say until the log-in is done. imaplib keeps all of it; honest ones need about ten lines of 1 KB.
MAX_LINES = 1_000
MAX_BYTES = 1_000_000

# A pattern with a prefix that is drawn costs 0.1 ms at each log-in, and soon the cache of `re` holds no others.
_TAG_PREFIX = b"MH"


class Imap4(imaplib.IMAP4):
    """imaplib on our Stream; reads the greeting. `refused` is the last NO, BAD or BYE that came."""

    def __init__(self, host: str, port: int, stream: Stream) -> None:
        self.stream = stream
        self.refused = b""
        self._lines = self._octets = 0
        try:
            super().__init__(host, port)
        except imaplib.IMAP4.error:
            if not self.refused:
                raise
            raise refusal(read_status(self.refused)) from None

    @property  # type: ignore[override]  # typeshed says text, imaplib uses octets
    def tagpre(self) -> bytes:
        """Answer the beginning of tags; one for all, for imaplib compiles a pattern with it."""
        return _TAG_PREFIX

    @tagpre.setter
    def tagpre(self, drawn: bytes) -> None:
        """Leave out the one that imaplib draws for each connection."""

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Answer what the server offers before the log-in."""
        return self._offered

    @capabilities.setter
    def capabilities(self, offered: tuple[str, ...]) -> None:
        """Note it; imaplib refuses who names IMAP4rev2 alone, and what a log-in needs is the same in both."""
        is_new = "IMAP4REV2" in offered and "IMAP4REV1" not in offered
        self._offered = (*offered, "IMAP4REV1") if is_new else offered

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port, self.sock = host, port, self.stream.socket

    def read(self, size: int) -> bytes:
        return self._counted(self.stream.exactly(min(size, MAX_LINE_BYTES)))

    def readline(self) -> bytes:
        line = self._counted(self.stream.line())
        match = _REFUSAL.match(line)
        self.refused = match[1] if match else self.refused
        return line

    def _counted(self, octets: bytes) -> bytes:
        self._lines += 1
        self._octets += len(octets)
        if self._lines > MAX_LINES or self._octets > MAX_BYTES:
            self.stream.fail("protocol", "the mail server sends more than a log-in needs")
        return octets

    def send(self, data: Any) -> None:
        self.stream.expect()
        self.stream.send(bytes(data))

    def shutdown(self) -> None:
        self.stream.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        typ, data = self.xatom("STARTTLS")
        if typ == "OK" and ssl_context is not None:
            self.stream.secure(ssl_context, self.host)
            self.sock = self.stream.socket
            # What was said before TLS may be somebody else's (RFC 9051 6.2.1).
            self.capabilities = self.asked()
        return typ, data

    def asked(self) -> tuple[str, ...]:
        """Ask for the capabilities."""
        _, data = self.capability()
        return tuple(data[-1].decode("ascii", "replace").upper().split()) if data and data[-1] else ()


class Login(Protocol):
    """A connection before its login. Methods raise `imaplib.IMAP4.error` for what the server refused."""

    def starttls(self, ssl_context: ssl.SSLContext) -> object:
        """Change to TLS."""
        ...

    def login(self, username: str, password: str) -> object:
        """Say LOGIN; only for names and passwords that need no encoding."""
        ...

    def sasl_login(self, mechanism: str, answer: Answer) -> object:
        """Say AUTHENTICATE."""
        ...

    def offered(self) -> frozenset[str]:
        """Answer the capabilities, asking for them after the login if the server did not tell."""
        ...


class ImaplibLogin:
    """A Login with the public methods of imaplib alone."""

    def __init__(self, imap4: Imap4) -> None:
        self._imap4 = imap4

    def starttls(self, ssl_context: ssl.SSLContext) -> object:
        """Change to TLS."""
        typ, _ = self._imap4.starttls(ssl_context)
        if typ != "OK":
            raise imaplib.IMAP4.error("STARTTLS")
        return typ

    def login(self, username: str, password: str) -> object:
        """Say LOGIN."""
        return self._imap4.login(username, password)

    def sasl_login(self, mechanism: str, answer: Answer) -> object:
        """Say AUTHENTICATE."""
        return self._imap4.authenticate(mechanism, answer)

    def offered(self) -> frozenset[str]:
        """Answer the capabilities."""
        if self._imap4.state == "NONAUTH":
            return frozenset(self._imap4.capabilities)
        return frozenset(self._imap4.asked())


class _Client(IMAPClient):  # type: ignore[misc]  # IMAPClient ships no types
    """IMAPClient around a connection that was greeted already."""

    def __init__(self, imap4: Imap4) -> None:
        self._greeted = imap4
        super().__init__(imap4.host, imap4.port, ssl=False)
        if getattr(self, "_imap", None) is not imap4:
            raise TypeError("this release of IMAPClient makes its connection elsewhere")
        imap4.debug = 0  # IMAPClient sets 5: every line is then written out for a logger that is off

    def _create_IMAP4(self) -> Imap4:
        return self._greeted

    def _set_read_timeout(self) -> None:
        """Leave the deadlines to our Stream."""

    def offered(self) -> frozenset[str]:
        """Answer the capabilities."""
        return frozenset(str(name, "ascii", "replace").upper() for name in self.capabilities())


class _Either:
    """IMAPClient, and imaplib in place of a method of it that fails by itself. A refusal is no failure."""

    def __init__(self, imap4: Imap4, first: Login) -> None:
        self._imap4, self._first, self._second = imap4, first, ImaplibLogin(imap4)

    def starttls(self, ssl_context: ssl.SSLContext) -> object:
        """Change to TLS."""
        return self._do(lambda login: login.starttls(ssl_context))

    def login(self, username: str, password: str) -> object:
        """Say LOGIN."""
        return self._do(lambda login: login.login(username, password))

    def sasl_login(self, mechanism: str, answer: Answer) -> object:
        """Say AUTHENTICATE."""
        return self._do(lambda login: login.sasl_login(mechanism, answer))

    def offered(self) -> frozenset[str]:
        """Answer the capabilities."""
        try:
            return self._first.offered()
        except _NO_LONGER_FITS:
            return self._second.offered()

    def _do(self, call: Callable[[Login], object]) -> object:
        sent = self._imap4.stream.sent
        try:
            return call(self._first)
        except _NO_LONGER_FITS as exc:
            if self._imap4.stream.sent == sent:
                return call(self._second)
            if self._imap4.state == "AUTH":
                return None
            # What was said must not be said again: servers count the logins that fail.
            raise ServerError("the release of IMAPClient here does not fit", code="protocol", transient=False) from exc


def greeted(host: str, port: int, stream: Stream) -> tuple[Imap4, Login]:
    """Read the greeting and answer the connection with the way to log in; raises ServerError."""
    imap4 = Imap4(host, port, stream)
    try:
        return imap4, _Either(imap4, _Client(imap4))
    except ServerError:
        raise
    except (*_NO_LONGER_FITS, OSError):
        # The constructor is all that runs before the look: nothing was sent.
        return imap4, ImaplibLogin(imap4)
