"""Greet and log in with IMAPClient: the one module that knows its and imaplib's private names.

IMAPClient speaks until the login is done. It reads through our Stream from the first octet on, so that
deadlines and limits hold, nothing is left in a buffer of its own, and our wire layer can go on.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from mailhelper_core.errors import ConfigError, InvalidError, MailHelperError, ServerError
from mailhelper_core.model.account import Endpoint
from mailhelper_core.server.imap.failure import login_refusal, refusal
from mailhelper_core.server.imap.response import read_status
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import MAX_LINE_BYTES, Stream, connect, network_error, shared_tls
from mailhelper_core.server.imap.wire import Wire
from mailhelper_core.server.url import is_loopback

# RFC 9051 5.4 lets a server take 30 minutes; a worker's lease does not.
DEFAULT_TIMEOUT_SECONDS = 60.0

MAX_TIMEOUT_SECONDS = 3600.0

_REFUSALS = (imaplib.IMAP4.error, IMAPClientError)
_REFUSAL = re.compile(rb"\S+ ((?:NO|BAD|BYE)\b.*)", re.IGNORECASE | re.DOTALL)
_PLAIN_ATOM = re.compile(r"[A-Za-z0-9._@+=-]+")
_PRINTABLE = re.compile("[ -~]+")
_FORBIDDEN = re.compile("[\r\n\0]")


def connect_imap(endpoint: Endpoint, *, tls: ssl.SSLContext | None = None) -> ImapSession:
    """Open a session; `tls` replaces the shared context.

    Options of the endpoint: auth (xoauth2 or oauthbearer: the secret is an access token), timeout
    (seconds), security. Raises ConfigError, InvalidError, LoginError or ServerError.
    """
    _check(endpoint)
    tls = tls or shared_tls()
    host, port = endpoint.host, endpoint.port
    stream = connect(host, port, timeout=_timeout(endpoint), tls=tls if endpoint.security == "tls" else None)
    try:
        client = _Client(host, port, stream)
        if endpoint.security == "starttls":
            client.secure(tls)
        client.authenticate(endpoint)
        capabilities = frozenset(str(name, "ascii", "replace").upper() for name in client.capabilities())
    except MailHelperError:
        stream.close()
        raise
    except (OSError, ValueError) as exc:
        stream.close()
        raise network_error(exc) from exc
    except _REFUSALS:
        stream.close()
        raise ServerError(
            "the mail server does not speak IMAP as it should", code="protocol", transient=False
        ) from None
    return ImapSession(Wire(stream, capabilities), capabilities)


class _Imap4(imaplib.IMAP4):
    """imaplib's greeting and login, reading and writing through our Stream (its overridable methods)."""

    def __init__(self, host: str, port: int, stream: Stream) -> None:
        self.stream = stream
        self.refused = b""
        try:
            super().__init__(host, port)
        except imaplib.IMAP4.error:
            if not self.refused:
                raise
            raise refusal(read_status(self.refused)) from None

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port, self.sock = host, port, self.stream.socket

    def read(self, size: int) -> bytes:
        return self.stream.exactly(min(size, MAX_LINE_BYTES))

    def readline(self) -> bytes:
        line = self.stream.line()
        match = _REFUSAL.match(line)
        self.refused = match[1] if match else self.refused
        return line

    def send(self, data: Any) -> None:
        self.stream.expect()
        self.stream.send(bytes(data))

    def shutdown(self) -> None:
        self.stream.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        typ, data = self._simple_command("STARTTLS")
        if typ == "OK" and ssl_context is not None:
            self.stream.secure(ssl_context, self.host)
            self.sock = self.stream.socket
            self._tls_established = True
            self._get_capabilities()
        return typ, data


class _Client(IMAPClient):  # type: ignore[misc]  # IMAPClient ships no types
    """IMAPClient on a connection that exists already."""

    def __init__(self, host: str, port: int, stream: Stream) -> None:
        self._stream = stream
        super().__init__(host, port, ssl=False)
        # The self-test: another release may make its connection elsewhere, and then ours stays unread.
        if not isinstance(getattr(self, "_imap", None), _Imap4) or not stream.received:
            raise ServerError("this version of IMAPClient is not supported", code="imapclient_version", transient=False)
        self._imap.debug = 0  # IMAPClient sets 5: every line is then written out for a logger that is off

    def _create_IMAP4(self) -> _Imap4:
        return _Imap4(self.host, self.port, self._stream)

    def _set_read_timeout(self) -> None:
        """Leave the deadlines to our Stream."""

    def secure(self, tls: ssl.SSLContext) -> None:
        """Change to TLS; nothing is said before that, a PREAUTH included (RFC 8314 3)."""
        if self._imap.state != "NONAUTH" or not self.has_capability("STARTTLS"):
            raise ServerError("the mail server does not offer STARTTLS", code="tls", transient=False)
        try:
            self.starttls(tls)
        except IMAPClientError:
            raise refusal(read_status(self._imap.refused)) from None

    def authenticate(self, endpoint: Endpoint) -> None:
        """Log in, unless the server greeted us as somebody known (PREAUTH)."""
        if self._imap.state == "AUTH":
            return
        try:
            self._authenticate(endpoint)
        except _REFUSALS:
            if not self._imap.refused:
                raise
            raise login_refusal(read_status(self._imap.refused)) from None

    def _authenticate(self, endpoint: Endpoint) -> None:
        mechanism = dict(endpoint.options).get("auth", "").upper()
        if mechanism:
            self.sasl_login(mechanism, _OAUTH[mechanism](endpoint))
        elif (
            _PLAIN_ATOM.fullmatch(endpoint.username)
            and _PRINTABLE.fullmatch(endpoint.secret)
            and not self.has_capability("LOGINDISABLED")
        ):
            self.login(endpoint.username, endpoint.secret)
        else:
            # imaplib neither quotes the name nor encodes what is not ASCII.
            self.plain_login(endpoint.username, endpoint.secret)


def _xoauth2(endpoint: Endpoint) -> Callable[[bytes], bytes]:
    token = f"user={endpoint.username}\1auth=Bearer {endpoint.secret}\1\1"
    return _once(token.encode("utf-8"), b"")


def _oauthbearer(endpoint: Endpoint) -> Callable[[bytes], bytes]:
    name = endpoint.username.replace("=", "=3D").replace(",", "=2C")
    where = f"host={endpoint.host}\1port={endpoint.port}"
    token = f"n,a={name},\1{where}\1auth=Bearer {endpoint.secret}\1\1"
    return _once(token.encode("utf-8"), b"\1")


def _once(token: bytes, then: bytes) -> Callable[[bytes], bytes]:
    """Answer the first challenge with the token; a second one is the refusal's reason (RFC 7628 3.2.3)."""
    answers = iter((token,))
    return lambda challenge: next(answers, then)


_OAUTH = {"XOAUTH2": _xoauth2, "OAUTHBEARER": _oauthbearer}


def _check(endpoint: Endpoint) -> None:
    options = dict(endpoint.options)
    if endpoint.security == "none" and not is_loopback(endpoint.host) and options.get("security") != "none":
        raise ConfigError(
            "a connection without TLS is for loopback only; use imaps://, or say security='none'", code="plain"
        )
    if options.get("auth", "xoauth2").upper() not in _OAUTH:
        raise ConfigError("the option auth is xoauth2 or oauthbearer", code="auth_option")
    if _FORBIDDEN.search(endpoint.username + endpoint.secret + endpoint.host):
        raise InvalidError("host, username and password cannot hold line ends or NULs", code="credentials")


def _timeout(endpoint: Endpoint) -> float:
    text = dict(endpoint.options).get("timeout", "")
    try:
        timeout = float(text or DEFAULT_TIMEOUT_SECONDS)
    except ValueError:
        timeout = 0.0
    if not 0 < timeout <= MAX_TIMEOUT_SECONDS:
        raise ConfigError("the option timeout is a number of seconds, at most 3600", code="timeout_option")
    return timeout
