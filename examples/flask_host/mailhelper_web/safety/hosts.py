"""Servers that users may name: public ones, so that nobody looks around in the operator's network (ASVS 1.3.6)."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask_babel import gettext

from mailhelper_core import InvalidError

# IMAP and IMAP over TLS; another port is somebody else's service.
MAIL_PORTS = frozenset((143, 993))


def require_public(url: str, *, allow_private: bool) -> None:
    """Raise InvalidError unless every address of the URL's host is public and the port one of mail."""
    parts = urlsplit(url)
    try:
        port = parts.port or (993 if parts.scheme == "imaps" else 143)
    except ValueError as exc:
        raise InvalidError(gettext("The port must be a number."), code="port") from exc
    if allow_private:
        return
    if port not in MAIL_PORTS:
        raise InvalidError(gettext("Mail servers listen on port 993 or 143."), code="port")
    if not all(ip_address(found).is_global for found in _addresses(parts.hostname or "", port)):
        raise InvalidError(gettext("This server is not on the public internet."), code="private_host")


def _addresses(host: str, port: int) -> set[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise InvalidError(gettext("There is no server with this name."), code="unknown_host") from exc
    return {str(address[4][0]).partition("%")[0] for address in found}
