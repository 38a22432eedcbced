"""Account URLs: `imaps://host`, `maildir:///path`, `mbox:///path` to Endpoints without secrets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote, urlsplit

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.source.account import Endpoint, Security

_PORTS = {"imaps": 993, "imap": 143}
_SECURITIES: dict[str, Security] = {"tls": "tls", "starttls": "starttls", "none": "none"}


def parse_url(url: str, *, username: str = "", secret: str = "", options: Mapping[str, str] | None = None) -> Endpoint:
    """Read an account URL; options may also stand in its query, such as `?security=starttls&auth=xoauth2`.

    imaps is TLS; imap is STARTTLS, except on loopback hosts, where it is plain.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise InvalidError("this is not a URL", code="url") from exc
    if "@" in parts.netloc:
        raise InvalidError("a URL holds no user or password here: pass username= and password=", code="url_secret")
    if not parts.scheme:
        raise InvalidError("an account URL begins with a scheme such as imaps:// or maildir://", code="url")
    chosen = dict(parse_qsl(parts.query)) | dict(options or {})
    if parts.scheme in _PORTS and (not host or parts.path.strip("/")):
        raise InvalidError("an IMAP URL is a host, and a port if need be", code="url")
    return Endpoint(
        scheme=parts.scheme,
        host=host,
        port=port or _PORTS.get(parts.scheme, 0),
        path=unquote(parts.path) if parts.scheme not in _PORTS else "",
        username=username,
        security=_security(parts.scheme, host, chosen.get("security", "")),
        secret=secret,
        options=tuple(sorted(chosen.items())),
    )


def is_same_login(one: Endpoint, other: Endpoint) -> bool:
    """Say whether two endpoints reach the same mail: at an IMAP server, however they connect to it."""
    return _login(one) == _login(other)


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _login(endpoint: Endpoint) -> Endpoint | tuple[str, int, str]:
    # The options of another source may choose what it shows.
    if endpoint.scheme not in _PORTS:
        return endpoint
    port = 0 if endpoint.port in _PORTS.values() else endpoint.port
    return endpoint.host, port, endpoint.username


def _security(scheme: str, host: str, wanted: str) -> Security:
    if wanted:
        if wanted not in _SECURITIES:
            raise InvalidError("security is tls, starttls or none", code="url")
        return _SECURITIES[wanted]
    if scheme == "imap":
        return "none" if is_loopback(host) else "starttls"
    return "tls" if scheme == "imaps" else "none"
