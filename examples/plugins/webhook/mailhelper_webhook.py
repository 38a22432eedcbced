"""The action `webhook`: ids of a message are posted to a web service, signed; the outbox tries until it is told.

The signature is that of Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature). A delivery may come
twice, with the same webhook-id: the receiver keeps the ids that it has seen. What it has lost is told again, under the
same id, by `ada.outbox.replay(change)`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address, ip_network
from threading import Event, Timer
from time import monotonic, time
from urllib.parse import SplitResult, urlsplit

from mailhelper_core import ActionType, ConfigError, Context, Effect, MessageDetail, ServerError, Setting, hookimpl

TIMEOUT_SECONDS = 10.0
# Standard Webhooks: the receiver wants no more of this.
GONE = 410
# What is public of IPv6, and within it what holds an address of IPv4 that may be none (RFC 3056).
_PUBLIC_IPV6, _IPV4_INSIDE = ip_network("2000::/3"), ip_network("2002::/16")


@hookimpl
def register_settings() -> Sequence[Setting]:
    """Answer where to post, and the key that signs."""
    return [
        Setting("url", read_url, "", "https://service.example/hooks/mail"),
        Setting("key", read_key, help="signs what is posted; the service has the same", secret=True),
    ]


@hookimpl
def register_actions() -> Sequence[ActionType]:
    """Answer the action; its argument is a word that the service is told."""
    return [ActionType("webhook", plan, deliver=deliver, undo=deliver, help="post the message's ids to a web service")]


def plan(message: MessageDetail, event: str) -> Sequence[Effect]:
    """Plan one call: what is posted is decided now, and is the same at every try."""
    body = {"event": event or "matched", "message": message.id, "account": message.account_id}
    return [Effect(message.id, "webhook", json.dumps(body | {"category": message.category}, sort_keys=True))]


def deliver(effect: Effect, context: Context) -> None:
    """Post it; whatever the service answers but 2xx is tried again by the outbox, unless it says: never (410)."""
    body = json.dumps({**json.loads(effect.data), "undone": effect.undo}, sort_keys=True).encode()
    target, key = urlsplit(context.settings["url"]), context.settings["key"]
    if not target.hostname or not key:
        raise ConfigError("Set the url of the service and the key that it has.")
    with _connected(target, is_public_only=_is_public_only(context)) as connection:
        path = f"{target.path or '/'}{'?' + target.query if target.query else ''}"
        connection.request("POST", path, body, headers(body, key, context.operation_id, int(time())))
        # An answer that ends the connection owns the socket: closing the connection leaves it open.
        with closing(connection.getresponse()) as answer:
            status = answer.status
    if not 200 <= status < 300:
        asked = answer.headers["retry-after"] or ""
        wait = float(asked) if asked.isdecimal() else None  # the other form, a date, is the usual wait
        raise ServerError(f"the service answered {status}", transient=status != GONE, retry_after=wait)


def headers(body: bytes, key: str, operation_id: int, now: int) -> dict[str, str]:
    """Answer the headers of a signed call.

    A second try has the same id; what another rule says of the same message, in the same words, has its own.
    """
    event_id = f"msg_{sha256(f'{operation_id}.'.encode() + body).hexdigest()[:32]}"
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(body, key, event_id, now),
    }


def signature(body: bytes, key: str, event_id: str, now: int) -> str:
    """Answer the signature of Standard Webhooks."""
    signed = hmac.new(octets_of(key), f"{event_id}.{now}.".encode() + body, sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def octets_of(key: str) -> bytes:
    """Answer what signs: after `whsec_` stands base64, as the libraries of Standard Webhooks have it; else the text."""
    prefix, mark, encoded = key.partition("whsec_")
    return base64.b64decode(encoded, validate=True) if mark and not prefix else key.encode()


def read_key(text: str) -> str:
    """Read a key; one of nothing would let anybody sign."""
    try:
        if octets_of(text):
            return text
    except binascii.Error:
        pass
    raise ValueError("write a text, or whsec_ and base64")


def read_url(text: str) -> str:
    """Read a URL; http only to this machine, where owners may reach it."""
    target = urlsplit(text)
    is_local = target.hostname in ("127.0.0.1", "::1", "localhost") and not _is_public_only()
    if not target.hostname or target.port == 0 or target.scheme not in (("http", "https") if is_local else ("https",)):
        raise ValueError("write an https:// URL")
    return text


@dataclass(slots=True)
class Deadline:
    """Ends whatever goes on in a connection when its time is over, however slowly octets drip meanwhile."""

    seconds: float = field(default_factory=lambda: TIMEOUT_SECONDS)
    is_over: Event = field(default_factory=Event)
    _began: float = field(default_factory=monotonic)
    _wire: socket.socket | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep it; what was cut, or came too late, is a ServerError."""
        timer = Timer(self.seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
            if self.is_over.is_set():  # a header that was cut looks like one that has ended
                raise TimeoutError
        except (OSError, HTTPException) as exc:
            if self.is_over.is_set() or isinstance(exc, TimeoutError):
                raise ServerError("the service took too long", code="timeout") from exc
            raise
        finally:
            timer.cancel()

    def left(self) -> float:
        """Answer how long something may still take; never nothing, which would be no limit."""
        return max(0.001, self._began + self.seconds - monotonic())

    def holds(self, wire: socket.socket) -> None:
        """Say what is to be cut."""
        self._wire = wire
        if self.is_over.is_set():
            raise TimeoutError

    def _cut(self) -> None:
        self.is_over.set()
        if self._wire is not None:
            with suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


class Line(HTTPConnection):
    """A connection that keeps a deadline from its first octet on, to the addresses that were looked at alone."""

    def __init__(self, target: SplitResult, addresses: Sequence[str], deadline: Deadline) -> None:
        self._is_tls = target.scheme == "https"
        port = target.port or (443 if self._is_tls else 80)
        super().__init__(target.hostname or "", port, timeout=deadline.seconds)
        self._addresses, self._deadline = addresses, deadline

    def connect(self) -> None:
        """Connect without asking for the name again: it may answer otherwise; the certificate is that of the host."""
        self.sock = self._reached()
        self._deadline.holds(self.sock)
        if self._is_tls:
            tls = ssl.create_default_context()
            self.sock = tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self._deadline.holds(self.sock)
            self.sock.do_handshake()

    def _reached(self) -> socket.socket:
        for address in self._addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self._deadline.left())
        return socket.create_connection((self._addresses[-1], self.port), self._deadline.left())


@contextmanager
def _connected(target: SplitResult, *, is_public_only: bool) -> Iterator[HTTPConnection]:
    """Connect; all of it has one deadline, but for the look-up of the name, whose limit is the system's."""
    addresses, deadline = _addresses(target, is_public_only=is_public_only), Deadline()
    with deadline.kept(), closing(Line(target, addresses, deadline)) as connection:
        connection.connect()
        yield connection


def _addresses(target: SplitResult, *, is_public_only: bool) -> Sequence[str]:
    is_tls = target.scheme == "https"
    port = target.port or (443 if is_tls else 80)
    if not is_public_only:
        found = socket.getaddrinfo(target.hostname, port, type=socket.SOCK_STREAM)
        return [str(one[4][0]) for one in found]
    address = _public(target.hostname or "", port) if is_tls else ""
    if not address:
        raise ServerError("the service is not on the public internet", code="private_host", transient=False)
    return [address]


def _is_public_only(context: Context | None = None) -> bool:
    """Say whether the host's owners may not reach its own network: by its settings, or the variable beside them."""
    by_settings = context is not None and context.public_hosts_only
    return by_settings or os.environ.get("MAILHELPER_PUBLIC_HOSTS_ONLY", "") not in ("", "0")


def _public(host: str, port: int) -> str:
    """Answer the host's first address on the public internet, empty where it has none."""
    for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ip_address(str(found[4][0]).partition("%")[0])
        is_real = address.version == 4 or (address in _PUBLIC_IPV6 and address not in _IPV4_INSIDE)
        if is_real and address.is_global and not address.is_multicast:
            return str(address)
    return ""
