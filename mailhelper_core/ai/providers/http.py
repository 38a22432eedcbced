"""One HTTP exchange with a model service: a deadline for the whole of it, a bound for the answer, errors by status."""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from ipaddress import ip_address
from threading import Event, Timer
from time import monotonic
from urllib.parse import urlsplit

from mailhelper_core.errors import ConfigError, ProviderError

# Vectors of a hundred texts are 3 MB as JSON.
MAX_ANSWER_OCTETS = 30_000_000
# A service that asks for more than this is down for us.
MAX_RETRY_AFTER_SECONDS = 3_600.0
_CHUNK_OCTETS = 65_536
_SHORTEST_SECONDS = 0.01
# What a path, or a key in a header, may consist of.
_WIRED = re.compile(r"[!-~]*")
# status -> (code, whether trying again can help)
_FAILURES: Mapping[int, tuple[str, bool]] = {
    400: ("request", False),
    401: ("login", False),
    403: ("login", False),
    404: ("no_model", False),
    408: ("timeout", True),
    413: ("too_long", False),
    429: ("throttled", True),
}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a service answered with a status below 300."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def check_url(url: str, *, insecure: bool = False) -> str:
    """Answer a service's URL without the slash at its end; plain HTTP is for this machine unless `insecure` is said."""
    try:
        parts = urlsplit(url)
        # A port that is no number, or too large a one, raises.
        is_odd = parts.port == 0 or not _WIRED.fullmatch(parts.path)
    except ValueError:
        is_odd = True
    if is_odd or parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ConfigError("The URL of a model service is http(s)://host[:port][/path], without user name.")
    if parts.scheme == "http" and not insecure and not _is_this_machine(parts.hostname):
        raise ConfigError("Mail would leave unencrypted: use https, or say insecure=True.", code="insecure")
    return url.rstrip("/")


def check_key(key: str) -> str:
    """Answer a key without the blanks around it, such as a line's end; raise ConfigError if no header can hold it."""
    if not _WIRED.fullmatch(bare := key.strip()):
        raise ConfigError("The key of a model service has a character that no key has.")
    return bare


def is_local(url: str) -> bool:
    """Say whether a URL leads to this machine."""
    return _is_this_machine(urlsplit(url).hostname or "")


def exchange(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float, is_json: bool = True
) -> HttpAnswer:
    """Send a request and answer what came within `seconds`, all in all. Raises ProviderError."""
    with _connected(url, max(seconds, _SHORTEST_SECONDS)) as connection:
        parts = urlsplit(url)
        path = parts.path or "/"
        connection.request(method, f"{path}?{parts.query}" if parts.query else path, body, dict(headers))
        with closing(connection.getresponse()) as response:
            answer = HttpAnswer(response.status, dict(response.headers.items()), _body(response))
    if answer.status >= 300:
        raise failure(answer)
    if is_json:
        _require_json(answer)
    return answer


def exchange_json(
    method: str, url: str, *, headers: Mapping[str, str], data: object = None, seconds: float
) -> Mapping[str, object]:
    """Send JSON and answer the JSON object that came back. Raises ProviderError."""
    body = None if data is None else json.dumps(data).encode()
    sent = {"Accept": "application/json", **headers} | ({"Content-Type": "application/json"} if body else {})
    found = json.loads(exchange(method, url, headers=sent, body=body, seconds=seconds).body)
    if not isinstance(found, dict):
        raise ProviderError("The service answered JSON that is no object.", code="shape", transient=False)
    return found


def failure(answer: HttpAnswer) -> ProviderError:
    """Answer the error that a status stands for; the body may quote mail and is not shown."""
    code, transient = _FAILURES.get(answer.status, ("service", answer.status >= 500))
    wait = _retry_after(next((value for name, value in answer.headers.items() if name.lower() == "retry-after"), ""))
    problem = f"The model service answered {answer.status}."
    return ProviderError(problem, code=code, transient=transient, retry_after=wait if transient else None)


@contextmanager
def _connected(url: str, seconds: float) -> Iterator[HTTPConnection]:
    """Open a connection that is cut when the time is over, however slowly octets still drip."""
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    connection = HTTPSConnection(host, parts.port) if is_tls else HTTPConnection(host, parts.port)
    is_over, until = Event(), monotonic() + seconds
    timer: Timer | None = None
    try:
        connection.sock = connected = _connect(host, connection.port, until)
        if is_tls:  # the handshake comes when the timer runs
            connected = _tls_context().wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
            connection.sock = connected
        # The response takes the socket over where the service closes behind it.
        timer = Timer(max(until - monotonic(), 0), _cut, (connected, is_over))
        timer.daemon = True
        timer.start()
        if isinstance(connected, ssl.SSLSocket):
            connected.do_handshake()
        yield connection
        if is_over.is_set():  # a connection that was cut looks like one that has ended
            raise TimeoutError
    except (OSError, HTTPException) as exc:
        raise _broken(exc, is_over=is_over.is_set()) from exc
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()


def _connect(host: str, port: int, until: float) -> socket.socket:
    """Connect to the first address that answers; each has its part of the time that is left. Raises OSError.

    How long the system looks for the name is its own affair.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    problem: OSError = TimeoutError()
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        try:
            connected = socket.socket(family, kind, protocol)
        except OSError as exc:  # a system without IPv6 may know addresses of it
            problem = exc
            continue
        try:
            connected.settimeout(max((until - monotonic()) / (len(addresses) - number), _SHORTEST_SECONDS))
            connected.connect(address)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connected.settimeout(max(until - monotonic(), _SHORTEST_SECONDS))
        except OSError as exc:
            connected.close()
            problem = exc
        else:
            return connected
    raise problem


def _cut(connected: socket.socket, is_over: Event) -> None:
    is_over.set()
    with suppress(OSError):  # it is closed already
        connected.shutdown(socket.SHUT_RDWR)


def _broken(exc: Exception, *, is_over: bool) -> ProviderError:
    if is_over or isinstance(exc, TimeoutError):
        return ProviderError("The model service took too long.", code="timeout")
    if isinstance(exc, ssl.SSLCertVerificationError):
        return ProviderError("The model service's certificate is not valid.", code="tls", transient=False)
    if isinstance(exc, ConnectionRefusedError | socket.gaierror):
        return ProviderError("The model service cannot be reached.", code="unreachable")
    return ProviderError("The connection to the model service broke.", code="broken")


def _body(response: HTTPResponse) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK_OCTETS):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_ANSWER_OCTETS:
            raise ProviderError("The model service's answer is far too long.", code="shape", transient=False)
    if response.length:  # read1 says nothing when a body ends early
        raise IncompleteRead(b"", response.length)
    return b"".join(chunks)


def _require_json(answer: HttpAnswer) -> None:
    try:
        json.loads(answer.body)
    except (ValueError, RecursionError) as exc:
        raise ProviderError(
            "The service answered something that is no JSON.", code="not_json", transient=False
        ) from exc


def _retry_after(value: str) -> float | None:
    """Read Retry-After: seconds or a date (RFC 9110 10.2.3)."""
    if not value:
        return None
    try:
        seconds = float(value) if value.strip().replace(".", "", 1).isdecimal() else _until(value)
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_SECONDS)


def _until(value: str) -> float:
    moment = parsedate_to_datetime(value)
    # RFC 9110 5.6.7: the oldest of the three forms names no zone, and means UTC like the others.
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()
