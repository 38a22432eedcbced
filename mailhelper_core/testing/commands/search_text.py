"""The text that SEARCH looks into: header fields and bodies, decoded and casefolded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from email.errors import HeaderParseError
from email.header import decode_header
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

from mailhelper_core.testing.mailstore.content import Content


def decoded_fields(content: Content, name: str) -> Iterator[str]:
    """Yield the fields of that name in the message's header, RFC 2047 decoded."""
    return (_decode_words(value).casefold() for value in content.fields(name))


def body_text(content: Content) -> str:
    """Answer the text parts of the message, transfer encoding and charset undone."""
    message = BytesParser(policy=compat32).parsebytes(content.raw)
    texts = [
        _decode(payload, part.get_content_charset("utf-8"))
        for part in message.walk()
        if part.get_content_maintype() == "text" and isinstance(payload := part.get_payload(decode=True), bytes)
    ]
    return "\n".join(texts).casefold()


def whole_text(content: Content) -> str:
    """Answer the header and the text parts."""
    return _decode_words(content.header).casefold() + "\n" + body_text(content)


def sent_date(content: Content) -> date | None:
    """Answer the day of the Date field, without regard to its zone; None if there is no readable one."""
    value = content.field("Date")
    try:
        return parsedate_to_datetime((value or b"").decode("ascii", "replace")).date()
    except ValueError:
        return None


def _decode_words(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        words = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(_decode(word, charset or "utf-8") if isinstance(word, bytes) else word for word, charset in words)


def _decode(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")
