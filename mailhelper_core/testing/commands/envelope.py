"""Render ENVELOPE (RFC 3501 section 7.4.2) from a parsed header."""

from __future__ import annotations

import re
from email.message import Message as EmailMessage
from email.utils import getaddresses

from mailhelper_core.testing.wire import encode

# (field, the field that stands in when it is missing: RFC 3501 7.4.2)
_ADDRESS_FIELDS = (
    ("From", "From"),
    ("Sender", "From"),
    ("Reply-To", "From"),
    ("To", "To"),
    ("Cc", "Cc"),
    ("Bcc", "Bcc"),
)
# RFC 5322 3.4: group = display-name ":" [group-list] ";"
_GROUP = re.compile(r'([^,:;<>@"()]+):([^:;]*);')


def render_envelope(header: EmailMessage) -> bytes:
    """Answer the envelope, header text as it stands in the message, unfolded and still encoded."""
    addresses = [_addresses(header, name) or _addresses(header, other) for name, other in _ADDRESS_FIELDS]
    return encode.group(
        [
            _text(header, "Date"),
            _text(header, "Subject"),
            *(encoded or b"NIL" for encoded in addresses),
            _text(header, "In-Reply-To"),
            _text(header, "Message-ID"),
        ]
    )


def field_bytes(header: EmailMessage, name: str) -> bytes | None:
    """Answer a field's value in octets, unfolded; None if the field is missing."""
    # compat32 wraps 8-bit values in a Header object; the raw pair keeps the octets as surrogates.
    for field, value in header.raw_items():
        if field.lower() == name.lower():
            unfolded = "".join(str(value).splitlines()).strip()
            return unfolded.encode("utf-8", "surrogateescape")
    return None


def _text(header: EmailMessage, name: str) -> bytes:
    return encode.nstring(field_bytes(header, name))


def _addresses(header: EmailMessage, name: str) -> bytes:
    value = field_bytes(header, name)
    if value is None:
        return b""
    rendered: list[bytes] = []
    rest = value.decode("ascii", "surrogateescape")
    while group := _GROUP.search(rest):
        rendered += [*_mailboxes(rest[: group.start()]), _group_mark(group[1].strip())]
        rendered += [*_mailboxes(group[2]), _group_mark(None)]
        rest = rest[group.end() :]
    rendered += _mailboxes(rest)
    return b"(" + b"".join(rendered) + b")" if rendered else b""


def _mailboxes(text: str) -> list[bytes]:
    return [_address(*pair) for pair in getaddresses([text]) if pair[1]]


def _group_mark(name: str | None) -> bytes:
    """Answer the address without host that begins a group, the one without name that ends it."""
    return encode.group([b"NIL", b"NIL", encode.nstring(None if name is None else _octets(name)), b"NIL"])


def _address(name: str, addr_spec: str) -> bytes:
    local, _, domain = addr_spec.rpartition("@")
    parts = [name or None, None, local or domain, domain if local else ""]
    return encode.group(encode.nstring(None if part is None else _octets(part)) for part in parts)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
