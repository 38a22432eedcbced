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
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.client import HTTPConnection, HTTPException, HTTPSConnection
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
    with _connected(target) as connection:
        path = f"{target.path or '/'}{'?' + target.query if target.query else ''}"
        connection.request("POST", path, body, headers(body, key, context.operation_id, int(time())))
        answer = connection.getresponse()
    if not 200 <= answer.status < 300:
        asked = answer.headers["retry-after"] or ""
        wait = float(asked) if asked.isdecimal() else None  # the other form, a date, is the usual wait
        raise ServerError(f"the service answered {answer.status}", transient=answer.status != GONE, retry_after=wait)


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


class Pinned(HTTPSConnection):
    """A connection to the one address that was looked at; the certificate is that of the host."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address = address

    def connect(self) -> None:
        """Connect without asking for the name again: it may answer otherwise."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


@contextmanager
def _connected(target: SplitResult) -> Iterator[HTTPConnection]:
    """Connect; the whole exchange has one deadline, however slowly the octets of an answer drip."""
    end, is_over = monotonic() + TIMEOUT_SECONDS, Event()
    connection, timer = _connection(target), None
    try:
        connection.connect()
        timer = Timer(max(0.0, end - monotonic()), _cut, (connection.sock, is_over))
        timer.daemon = True
        timer.start()
        yield connection
        if is_over.is_set():  # a header that was cut looks like one that has ended
            raise TimeoutError
    except (OSError, HTTPException) as exc:
        if is_over.is_set():
            raise ServerError("the service took too long", code="timeout") from exc
        raise
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()


def _cut(connected: socket.socket, is_over: Event) -> None:
    is_over.set()
    with suppress(OSError):  # it is closed already
        connected.shutdown(socket.SHUT_RDWR)


def _connection(target: SplitResult) -> HTTPConnection:
    host, is_tls = target.hostname or "", target.scheme == "https"
    if not _is_public_only():
        return (HTTPSConnection if is_tls else HTTPConnection)(host, target.port, timeout=TIMEOUT_SECONDS)
    port = target.port or 443
    address = _public(host, port) if is_tls else ""
    if not address:
        raise ServerError("the service is not on the public internet", code="private_host", transient=False)
    return Pinned(host, port, address)


def _is_public_only() -> bool:
    """Say whether the host's owners may not reach its own network; a plugin sees the variable, not `Settings`."""
    return os.environ.get("MAILHELPER_PUBLIC_HOSTS_ONLY", "") not in ("", "0")


def _public(host: str, port: int) -> str:
    """Answer the host's first address on the public internet, empty where it has none."""
    for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = ip_address(str(found[4][0]).partition("%")[0])
        is_real = address.version == 4 or (address in _PUBLIC_IPV6 and address not in _IPV4_INSIDE)
        if is_real and address.is_global and not address.is_multicast:
            return str(address)
    return ""
