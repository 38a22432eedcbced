"""From an endpoint to a session: options, TLS, greeting, login, and what each failure means."""

from __future__ import annotations

import imaplib
import re
import ssl
from math import inf

from mailhelper_core.errors import ConfigError, InvalidError, MailHelperError, ServerError
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.server.imap import sasl
from mailhelper_core.server.imap.failure import login_refusal, refusal
from mailhelper_core.server.imap.login import Imap4, Login, greeted
from mailhelper_core.server.imap.response import read_status
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import Stream, connect, network_error, shared_tls
from mailhelper_core.server.imap.wire import Wire
from mailhelper_core.server.url import is_loopback

# From the greeting to the end of the log-in there are at most five answers; each may take `timeout`, but not all.
# By the clock, so that neither chatter without end nor challenge upon challenge makes it longer.
LOGIN_TIMEOUTS = 3

# RFC 9051 5.4 lets a server take 30 minutes; a worker's lease does not.
DEFAULT_TIMEOUT_SECONDS = 60.0

MAX_TIMEOUT_SECONDS = 3600.0

_COMPRESS = ("auto", "always", "never")
_PIPELINE = ("auto", "never")
_PLAIN_ATOM = re.compile(r"[A-Za-z0-9._@+=-]+")
_PRINTABLE = re.compile("[ -~]+")
_FORBIDDEN = re.compile("[\r\n\0]")


def connect_imap(endpoint: Endpoint, *, tls: ssl.SSLContext | None = None) -> ImapSession:
    """Open a session; `tls` replaces the shared context.

    Options of the endpoint: auth (xoauth2 or oauthbearer: the secret is an access token), timeout
    (seconds), security, compress (auto, always, never), pipeline (auto, or never: one command at a time),
    addresses (public: no others). Raises ConfigError, InvalidError, LoginError or ServerError.
    """
    _check(endpoint)
    at_once = (tls or shared_tls()) if endpoint.security == "tls" else None
    public_only = dict(endpoint.options).get("addresses") == "public"
    timeout = _timeout(endpoint)
    stream = connect(endpoint.host, endpoint.port, timeout=timeout, tls=at_once, public_only=public_only)
    stream.finish_by(LOGIN_TIMEOUTS * timeout)
    try:
        capabilities = _enter(endpoint, stream, tls)
    except MailHelperError:
        stream.close()
        raise
    except (OSError, ValueError) as exc:
        stream.close()
        raise network_error(exc) from exc
    except imaplib.IMAP4.error:
        stream.close()
        raise ServerError(
            "the mail server does not speak IMAP as it should", code="protocol", transient=False
        ) from None
    stream.finish_by(inf)
    wire = Wire(stream, capabilities, pipelines=dict(endpoint.options).get("pipeline") != "never")
    return ImapSession(wire, capabilities, compresses=_compresses(endpoint))


def _enter(endpoint: Endpoint, stream: Stream, tls: ssl.SSLContext | None) -> frozenset[str]:
    """Go from the greeting to the end of the login; answer what the server can then."""
    imap4, login = greeted(endpoint.host, endpoint.port, stream)
    if endpoint.security == "starttls":
        _secure(imap4, login, tls or shared_tls())
    if imap4.state != "AUTH":  # PREAUTH: the server greeted us as somebody known
        _authenticate(endpoint, imap4, login)
    return login.offered()


def _secure(imap4: Imap4, login: Login, tls: ssl.SSLContext) -> None:
    """Change to TLS; nothing is said before that, a PREAUTH included (RFC 8314 3)."""
    if imap4.state != "NONAUTH" or "STARTTLS" not in login.offered():
        raise ServerError("the mail server does not offer STARTTLS", code="tls", transient=False)
    try:
        login.starttls(tls)
    except imaplib.IMAP4.error:
        raise refusal(read_status(imap4.refused)) from None


def _authenticate(endpoint: Endpoint, imap4: Imap4, login: Login) -> None:
    try:
        _say_who(endpoint, login)
    except imaplib.IMAP4.error:
        if not imap4.refused:
            raise
        raise login_refusal(read_status(imap4.refused)) from None


def _say_who(endpoint: Endpoint, login: Login) -> None:
    mechanism = dict(endpoint.options).get("auth", "").upper()
    if mechanism:
        login.sasl_login(mechanism, sasl.OAUTH[mechanism](endpoint))
    elif _can_say_login(endpoint, login):
        login.login(_login_name(endpoint.username), endpoint.secret)
    else:
        # imaplib does not encode what is not ASCII.
        login.sasl_login("PLAIN", sasl.plain(endpoint))


def _can_say_login(endpoint: Endpoint, login: Login) -> bool:
    """Say whether LOGIN will do; a name that needs quotes goes so only where PLAIN is not offered (Courier)."""
    if not (_PRINTABLE.fullmatch(endpoint.username) and _PRINTABLE.fullmatch(endpoint.secret)):
        return False
    offered = login.offered()
    is_plain = _PLAIN_ATOM.fullmatch(endpoint.username) is not None
    return "LOGINDISABLED" not in offered and (is_plain or "AUTH=PLAIN" not in offered)


def _login_name(username: str) -> str:
    """Write a name as LOGIN takes it: imaplib quotes the password alone."""
    if _PLAIN_ATOM.fullmatch(username):
        return username
    return '"{}"'.format(username.replace("\\", "\\\\").replace('"', '\\"'))


def _check(endpoint: Endpoint) -> None:
    options = dict(endpoint.options)
    if endpoint.security == "none" and not is_loopback(endpoint.host) and options.get("security") != "none":
        raise ConfigError(
            "a connection without TLS is for loopback only; use imaps://, or say security='none'", code="plain"
        )
    if options.get("auth", "xoauth2").upper() not in sasl.OAUTH:
        raise ConfigError("the option auth is xoauth2 or oauthbearer", code="auth_option")
    if options.get("compress", "auto") not in _COMPRESS:
        raise ConfigError("the option compress is auto, always or never", code="compress_option")
    if options.get("pipeline", "auto") not in _PIPELINE:
        raise ConfigError("the option pipeline is auto or never", code="pipeline_option")
    if _FORBIDDEN.search(endpoint.username + endpoint.secret + endpoint.host):
        raise InvalidError("host, username and password cannot hold line ends or NULs", code="credentials")


def _compresses(endpoint: Endpoint) -> bool:
    # On this machine there is no way to shorten, and compressing costs more than copying.
    wish = dict(endpoint.options).get("compress", "auto")
    return wish == "always" or (wish == "auto" and not is_loopback(endpoint.host))


def _timeout(endpoint: Endpoint) -> float:
    text = dict(endpoint.options).get("timeout", "")
    try:
        timeout = float(text or DEFAULT_TIMEOUT_SECONDS)
    except ValueError:
        timeout = 0.0
    if not 0 < timeout <= MAX_TIMEOUT_SECONDS:
        raise ConfigError("the option timeout is a number of seconds, at most 3600", code="timeout_option")
    return timeout
