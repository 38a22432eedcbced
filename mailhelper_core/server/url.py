"""Account URLs: `imaps://host`, `maildir:///path`, `mbox:///path` to Endpoints without secrets. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.account import Endpoint, Security

_PORTS = {"imaps": 993, "imap": 143}
_SECURITIES: dict[str, Security] = {"tls": "tls", "starttls": "starttls", "none": "none"}


def parse_url(url: str, *, username: str = "") -> Endpoint:
    """Read an account URL; options stand in its query, such as `?security=starttls&auth=xoauth2`.

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
    options = tuple(parse_qsl(parts.query))
    if parts.scheme in _PORTS:
        return _imap(parts, host, port or _PORTS[parts.scheme], username, options)
    return Endpoint(
        scheme=parts.scheme,
        host=host,
        port=port or 0,
        path=unquote(parts.path),
        username=username,
        security="none",
        options=options,
    )


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _imap(parts: SplitResult, host: str, port: int, username: str, options: tuple[tuple[str, str], ...]) -> Endpoint:
    if not host or parts.path.strip("/"):
        raise InvalidError("an IMAP URL is a host, and a port if need be", code="url")
    wanted = dict(options).get("security", "")
    if wanted and wanted not in _SECURITIES:
        raise InvalidError("security is tls, starttls or none", code="url")
    usual: Security = "tls" if parts.scheme == "imaps" else "none" if is_loopback(host) else "starttls"
    return Endpoint(
        scheme=parts.scheme,
        host=host,
        port=port,
        path="",
        username=username,
        security=_SECURITIES[wanted] if wanted else usual,
        options=options,
    )
