"""What SASL mechanisms say: PLAIN (RFC 4616), XOAUTH2, OAUTHBEARER (RFC 7628). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mailhelper_core.model.source.account import Endpoint

# Takes the server's challenge, answers what is sent back.
Answer = Callable[[bytes], bytes]


def plain(endpoint: Endpoint) -> Answer:
    """Answer with user name and password, in UTF-8."""
    return _once(f"\0{endpoint.username}\0{endpoint.secret}".encode(), b"")


def _xoauth2(endpoint: Endpoint) -> Answer:
    token = f"user={endpoint.username}\1auth=Bearer {endpoint.secret}\1\1"
    return _once(token.encode("utf-8"), b"")


def _oauthbearer(endpoint: Endpoint) -> Answer:
    name = endpoint.username.replace("=", "=3D").replace(",", "=2C")
    where = f"host={endpoint.host}\1port={endpoint.port}"
    token = f"n,a={name},\1{where}\1auth=Bearer {endpoint.secret}\1\1"
    return _once(token.encode("utf-8"), b"\1")


def _once(token: bytes, then: bytes) -> Answer:
    """Answer the first challenge with the token; a second one is the refusal's reason (RFC 7628 3.2.3)."""
    answers = iter((token,))
    return lambda challenge: next(answers, then)


# The mechanisms whose secret is an access token.
OAUTH: Mapping[str, Callable[[Endpoint], Answer]] = MappingProxyType({"XOAUTH2": _xoauth2, "OAUTHBEARER": _oauthbearer})
