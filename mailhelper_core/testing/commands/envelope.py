"""Render ENVELOPE (RFC 3501 section 7.4.2) from a parsed header."""

from __future__ import annotations

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
    pairs = getaddresses([value.decode("ascii", "surrogateescape")])
    rendered = b"".join(_address(*pair) for pair in pairs if pair[1])
    return b"(" + rendered + b")" if rendered else b""


def _address(name: str, addr_spec: str) -> bytes:
    local, _, domain = addr_spec.rpartition("@")
    parts = [name or None, None, local or domain, domain if local else ""]
    return encode.group(
        encode.nstring(None if part is None else part.encode("ascii", "surrogateescape")) for part in parts
    )
