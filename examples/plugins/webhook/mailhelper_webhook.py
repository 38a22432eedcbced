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
from collections.abc import Sequence
from hashlib import sha256
from http.client import HTTPConnection, HTTPSConnection
from time import time
from urllib.parse import urlsplit

from mailhelper_core import ActionType, ConfigError, Context, Effect, MessageDetail, ServerError, Setting, hookimpl

TIMEOUT_SECONDS = 10.0
# Standard Webhooks: the receiver wants no more of this.
GONE = 410


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
    connect = HTTPSConnection if target.scheme == "https" else HTTPConnection
    connection = connect(target.hostname or "", target.port, timeout=TIMEOUT_SECONDS)
    try:
        path = f"{target.path or '/'}{'?' + target.query if target.query else ''}"
        connection.request("POST", path, body, headers(body, key, context.operation_id, int(time())))
        answer = connection.getresponse()
    finally:
        connection.close()
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
    """Read a URL; http only to this machine."""
    target = urlsplit(text)
    is_local = target.hostname in ("127.0.0.1", "::1", "localhost")
    if not target.hostname or target.port == 0 or target.scheme not in (("http", "https") if is_local else ("https",)):
        raise ValueError("write an https:// URL")
    return text
