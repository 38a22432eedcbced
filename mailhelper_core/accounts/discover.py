"""Where the mail of an address probably is: known providers by domain, else the usual names; nothing is connected."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.errors import InvalidError

Credential = Literal["password", "app_password", "token"]


@dataclass(frozen=True, slots=True)
class ServerGuess:
    """A server to try: its URL, the provider where that is known, and what it takes to log in."""

    url: str  # as `accounts.add` takes it
    provider: str = ""  # its name, empty for a mere guess
    credential: Credential = "password"  # what its log-in takes


_PROVIDERS: tuple[tuple[str, str, Credential, str], ...] = (
    ("Google", "imaps://imap.gmail.com", "app_password", "gmail.com googlemail.com"),
    ("Apple", "imaps://imap.mail.me.com", "app_password", "icloud.com me.com mac.com"),
    ("Microsoft", "imaps://outlook.office365.com", "token", "outlook.com outlook.de hotmail.com hotmail.de live.com"),
    ("Yahoo", "imaps://imap.mail.yahoo.com", "app_password", "yahoo.com yahoo.de yahoo.co.uk yahoo.fr ymail.com"),
    ("AOL", "imaps://imap.aol.com", "app_password", "aol.com aol.de"),
    ("GMX", "imaps://imap.gmx.net", "password", "gmx.de gmx.net gmx.at gmx.ch"),
    ("GMX", "imaps://imap.gmx.com", "password", "gmx.com"),
    ("WEB.DE", "imaps://imap.web.de", "password", "web.de"),
    ("Telekom", "imaps://secureimap.t-online.de", "app_password", "t-online.de magenta.de"),
    ("freenet", "imaps://mx.freenet.de", "password", "freenet.de"),
    ("Posteo", "imaps://posteo.de", "password", "posteo.de posteo.net posteo.org"),
    ("mailbox.org", "imaps://imap.mailbox.org", "password", "mailbox.org"),
    ("Fastmail", "imaps://imap.fastmail.com", "app_password", "fastmail.com fastmail.fm"),
    ("Zoho", "imaps://imap.zoho.com", "app_password", "zoho.com"),
    ("Yandex", "imaps://imap.yandex.com", "app_password", "yandex.com yandex.ru"),
)  # fmt: skip
# Two labels or more, of any script (RFC 5890 2.3.2); an address literal in brackets names no domain to guess from.
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})+")
_BY_DOMAIN = {
    domain: ServerGuess(url, name, credential)
    for name, url, credential, domains in _PROVIDERS
    for domain in domains.split()
}


def discover(address: str) -> tuple[ServerGuess, ...]:
    """Answer servers to try for an address, the likeliest first. Raises InvalidError for what is no address."""
    local, at, domain = address.strip().rpartition("@")
    domain = domain.lower().rstrip(".")
    if not (local and at and _DOMAIN.fullmatch(domain)):
        raise InvalidError("A mail address looks like ada@example.org.", code="address")
    known = _BY_DOMAIN.get(domain)
    if known:
        return (known,)
    return tuple(ServerGuess(f"imaps://{host}") for host in (f"imap.{domain}", f"mail.{domain}", domain))
