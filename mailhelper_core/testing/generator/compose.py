"""Turn a draft into the bytes that a mail program and the servers on the way would have made."""

from __future__ import annotations

import textwrap
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from quopri import encodestring
from random import Random

from mailhelper_core.testing.generator import header
from mailhelper_core.testing.generator.draft import Attachment, Draft
from mailhelper_core.testing.generator.html import render
from mailhelper_core.testing.generator.mailer import token

_RECEIVER = "mx.example.org"
# RFC 5737: addresses for documentation.
_NETWORKS = ("192.0.2", "198.51.100", "203.0.113")


@dataclass(frozen=True, slots=True)
class Entity:
    """A MIME part: its fields and its encoded body."""

    fields: tuple[tuple[str, str], ...]
    body: bytes

    def encode(self) -> bytes:
        """Answer the part with its header."""
        return b"".join(header.field(name, value) for name, value in self.fields) + b"\r\n" + self.body


def compose(draft: Draft, rng: Random, owner: str) -> bytes:
    """Answer the mail."""
    charset = _charset(draft, rng)
    content = _content(draft, rng, charset)
    fields = [*(_trace(draft, rng, owner) if draft.relayed else ()), *_fields(draft, charset, rng), *content.fields]
    return Entity(tuple(fields), content.body).encode()


def _fields(draft: Draft, charset: str, rng: Random) -> list[tuple[str, str]]:
    """Answer the fields that the author's program writes."""
    fields = [
        ("Date", format_datetime(draft.sent_at)),
        ("From", header.address(*draft.sender, charset)),
        ("To", header.addresses(draft.to, charset)),
    ]
    if draft.cc:
        fields.append(("Cc", header.addresses(draft.cc, charset)))
    fields.append(("Message-ID", draft.message_id))
    if draft.references:
        fields += [("In-Reply-To", draft.references[-1]), ("References", " ".join(draft.references))]
    fields.append(("Subject", header.text(draft.subject, charset, base64=rng.random() < 0.4)))
    if draft.mailer.signature is not None:
        fields.append(draft.mailer.signature)
    return [*fields, *draft.fields, ("MIME-Version", "1.0")]


def _trace(draft: Draft, rng: Random, owner: str) -> list[tuple[str, str]]:
    """Answer the fields that servers put in front, the last one first."""
    author = draft.sender[1].partition("@")[2]
    envelope = dict(draft.fields).get("Sender", draft.sender[1])  # a mailing list sends in its own name
    domain = envelope.partition("@")[2]
    arrived = draft.sent_at + timedelta(seconds=draft.delay_seconds)
    fields = [("Return-Path", f"<{envelope}>"), ("Delivered-To", owner)]
    for hop in range(rng.choice((1, 1, 2))):
        moment = format_datetime(arrived - timedelta(seconds=hop))
        source = f"mail{rng.randint(1, 9)}.{domain}"
        ip = f"{rng.choice(_NETWORKS)}.{rng.randint(2, 250)}"
        where = f"from {source} ({source} [{ip}]) by {_RECEIVER if hop == 0 else f'out.{domain}'}"
        fields.append(("Received", f"{where} with ESMTPS id {token(rng, 11)} for <{owner}>; {moment}"))
    trust = draft.trust
    verdict = (
        f"{_RECEIVER}; spf={trust.spf} smtp.mailfrom={envelope}; "
        f"dkim={trust.dkim} header.d={author}; dmarc={trust.dmarc} header.from={author}"
    )
    fields.append(("Authentication-Results", verdict))
    return [*fields, *_filter_fields(trust.score)]


def _filter_fields(score: float | None) -> list[tuple[str, str]]:
    if score is None:
        return []
    word = "Yes" if score >= 5 else "No"
    flag = [("X-Spam-Flag", "YES")] if score >= 5 else []
    return [*flag, ("X-Spam-Score", f"{score:.1f}"), ("X-Spam-Status", f"{word}, score={score:.1f} required=5.0")]


def _content(draft: Draft, rng: Random, charset: str) -> Entity:
    main = _main(draft, rng, charset)
    if draft.report is not None:
        report = Entity((("Content-Type", "message/delivery-status"),), draft.report)
        return _multipart("report; report-type=delivery-status", [main, report], draft, rng)
    pictures = [_file(attachment, rng) for attachment in draft.attachments if attachment.content_id]
    if pictures:
        main = _multipart("related", [main, *pictures], draft, rng)
    others = [_file(attachment, rng) for attachment in draft.attachments if not attachment.content_id]
    return _multipart("mixed", [main, *others], draft, rng) if others else main


def _main(draft: Draft, rng: Random, charset: str) -> Entity:
    plain, rich = ("plain", plain_text(draft)), ("html", "")
    parts = {"plain": [plain], "html": [rich], "alternative": [plain, rich]}[draft.shape]
    texts = [_text(kind, text or render(draft, charset), charset, draft, rng) for kind, text in parts]
    if draft.calendar is not None:
        method, data = draft.calendar
        content_type = ("Content-Type", f"text/calendar; charset=UTF-8; method={method}")
        texts.append(Entity((content_type, ("Content-Transfer-Encoding", "base64")), _base64(data)))
    return texts[0] if len(texts) == 1 else _multipart("alternative", texts, draft, rng)


def plain_text(draft: Draft) -> str:
    """Answer the text of a draft as plain text, wrapped, with what it quotes."""
    wrapped = "\n\n".join("\n".join(_wrap(line) for line in text.split("\n")) for text in draft.paragraphs)
    if draft.quote is not None:
        quoted = "\n".join(f"> {line}".rstrip() for line in draft.quote.lines)
        wrapped += f"\n\n{draft.quote.attribution}\n{quoted}"
    return wrapped.replace("\n", "\r\n") + "\r\n"


def _wrap(line: str) -> str:
    return textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) if len(line) > 72 else line


def _charset(draft: Draft, rng: Random) -> str:
    """Answer a charset of the program that can say everything in the mail."""
    charset = rng.choice(draft.mailer.charsets)
    names = [name for name, _ in (draft.sender, *draft.to, *draft.cc)]
    quoted = draft.quote.attribution + "".join(draft.quote.lines) if draft.quote else ""
    try:
        "".join([draft.subject, *draft.paragraphs, *names, quoted]).encode(charset)
    except UnicodeEncodeError:
        return "utf-8"
    return charset


def _text(kind: str, text: str, charset: str, draft: Draft, rng: Random) -> Entity:
    data = text.encode(charset)
    encoding = "7bit" if data.isascii() and kind == "plain" else rng.choice(draft.mailer.encodings)
    fields = (("Content-Type", f"text/{kind}; charset={charset}"), ("Content-Transfer-Encoding", encoding))
    return Entity(fields, _encode(data, encoding))


def _encode(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return _base64(data)
    if encoding == "quoted-printable":
        return encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def _base64(data: bytes) -> bytes:
    lines = (data[at : at + 57] for at in range(0, len(data), 57))
    return b"".join(b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _file(attachment: Attachment, rng: Random) -> Entity:
    rfc2231 = rng.random() < 0.7
    where = "attachment" if attachment.content_id is None else "inline"
    name = header.file_name("name", attachment.name, rfc2231=rfc2231)
    shown = header.file_name("filename", attachment.name, rfc2231=rfc2231)
    fields = [
        ("Content-Type", f"{attachment.media_type}; {name}"),
        ("Content-Disposition", f"{where}; {shown}"),
        ("Content-Transfer-Encoding", "base64"),
    ]
    if attachment.content_id is not None:
        fields.append(("Content-ID", f"<{attachment.content_id}>"))
    return Entity(tuple(fields), _base64(attachment.data))


def _multipart(kind: str, parts: list[Entity], draft: Draft, rng: Random) -> Entity:
    boundary = draft.mailer.boundary(rng)
    preamble = b"This is a multi-part message in MIME format.\r\n" if rng.random() < 0.3 else b""
    body = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part.encode()) for part in parts)
    fields = (("Content-Type", f'multipart/{kind}; boundary="{boundary}"'),)
    return Entity(fields, preamble + body + b"--%s--\r\n" % boundary.encode())


def arrival(draft: Draft) -> datetime:
    """Answer when the mail reached the mailbox."""
    return draft.sent_at + timedelta(seconds=draft.delay_seconds)
