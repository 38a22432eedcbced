"""Turn what the server sent into the values that are stored; pure but for the clock it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from mailhelper_core.mime.identity import KEY_FIELDS, header_fields, match_key, reference_hashes, thread_hash
from mailhelper_core.mime.parse import ParsedMessage, parse, parse_headers
from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.store.contents.packed import compress
from mailhelper_core.store.mail.blobs import is_short
from mailhelper_core.store.mail.ingest import NewMessage, Raw
from mailhelper_core.store.mail.values import BODY_SHORT, addresses_json, facts_json
from mailhelper_core.store.unit_of_work import to_micros
from mailhelper_core.sync.identity import Arrival

NOBODY = Address("", "")

# Codes among a message's problems, for its reader.
ABOVE_SIZE_CAP = "above-size-cap"
BODY_BREAKS = "body-breaks-connection"
BODY_REFUSED = "body-refused"
NOT_STORABLE = "not-storable"
PARSER_FAILED = "parser-failed"

# Octets of the fields that came with the metadata: thousands of messages wait for their bodies at once, and nearly all
# have less. What is cut would be shown only of a message that the server gives neither whole nor its header.
KEPT_HEADER = 4_096
KEPT_OF_A_FIELD = KEPT_HEADER // 4

# What stands before a Message-ID in nearly all mail.
_USUAL = (b"\nMessage-ID: ", b"\nMessage-Id: ", b"\nMessage-ID:\r\n ", b"\nMessage-ID:\r\n\t")
_LONGEST = max(map(len, _USUAL))


def read_metadata(metadata: RemoteMetadata) -> Arrival:
    """Answer what decides which message a new uid is."""
    fields = header_fields(metadata.header)
    key = match_key(fields, metadata.received_at)
    message_id = fields[0] if len(fields[0]) <= KEPT_OF_A_FIELD else b""
    slim = metadata if len(metadata.header) <= KEPT_HEADER else replace(metadata, header=_shortened(fields))
    return Arrival(slim, key, has_message_id=bool(fields[0]), message_id=message_id)


def read_whole(arrival: Arrival, raw: bytes, *, now: datetime) -> NewMessage:
    """Read a message of which the body was fetched; one that no parser can read is stored raw."""
    try:
        parsed = parse(raw, is_shown=False)
    except Exception:  # noqa: BLE001 - one message must not stop the batch
        parsed = ParsedMessage(parse_status="raw_only", problems=(PARSER_FAILED,))
    if is_short(arrival.size, len(raw)):
        parsed = replace(parsed, problems=(*parsed.problems, BODY_SHORT))
    stored = Raw(sha256(raw).digest(), compress(raw), len(raw), ends_line=raw.endswith(b"\n"))
    return _message(arrival, parsed, now, raw=stored)


def _shortened(fields: tuple[bytes, ...]) -> bytes:
    pairs = zip(KEY_FIELDS, fields, strict=True)
    return b"".join(b"%s: %s\r\n" % (name.encode(), value[:KEPT_OF_A_FIELD]) for name, value in pairs if value)


def belongs(arrival: Arrival, raw: bytes) -> bool:
    """Say whether a body is that of the message whose metadata came: by its Message-ID, else by its size."""
    wanted = arrival.message_id
    if not wanted:
        return len(raw) == arrival.metadata.size
    # Nearly all spell the field so; of the others the whole header is read. Replies name it too: elsewhere.
    at = raw.find(wanted)
    usual = raw[max(0, at - _LONGEST) : at].endswith(_USUAL) and raw.startswith(b"\r\n", at + len(wanted))
    if usual and not raw.startswith((b"\r", b"\n")) and raw.find(b"\n\r\n", 0, at) < 0 and raw.find(b"\n\n", 0, at) < 0:
        return True
    return header_fields(raw, ("message-id",))[0].split() == wanted.split()


def read_header(arrival: Arrival, header: bytes, problem: str, *, now: datetime) -> NewMessage:
    """Read a message of which only the header is at hand, and note why."""
    parsed = parse_headers(header or arrival.metadata.header)
    message = _message(arrival, replace(parsed, problems=(*parsed.problems, problem)), now, raw=None)
    return replace(message, is_quarantined=problem in (BODY_REFUSED, BODY_BREAKS))


def reduced(message: NewMessage) -> NewMessage:
    """Answer a message that the database refused, with its raw octets alone."""
    short = (BODY_SHORT,) if message.raw and is_short(message.size, message.raw.size) else ()
    problems = (NOT_STORABLE, *short)
    bare = ParsedMessage(parse_status="raw_only" if message.raw else "headers_only", problems=problems)
    return replace(
        message, message_id="", subject="", from_name="", from_addr="", from_domain="",
        addresses=_addresses(bare), facts=_facts(bare), list_id="", snippet="", text="", attachments=(),
        references=(), parse_status=bare.parse_status, has_attachments=False,
        is_quarantined=True,
    )  # fmt: skip


def _message(arrival: Arrival, parsed: ParsedMessage, now: datetime, *, raw: Raw | None) -> NewMessage:
    # The Date field is the sender's word: it places a message only where the server keeps no time.
    received_at = to_micros(arrival.metadata.received_at or parsed.sent_at or now)
    from_ = next(iter(parsed.from_), NOBODY)
    return NewMessage(
        match_key=arrival.match_key,
        message_id=parsed.message_id,
        subject=parsed.subject,
        from_name=from_.name,
        from_addr=from_.addr_spec,
        from_domain=from_.domain,
        addresses=_addresses(parsed),
        facts=_facts(parsed),
        list_id=parsed.facts.list_id,
        sent_at=to_micros(parsed.sent_at) if parsed.sent_at else None,
        received_at=received_at,
        sort_at=received_at,
        size=arrival.size,
        snippet=parsed.snippet,
        parse_status=parsed.parse_status,
        has_attachments=any(not attachment.inline for attachment in parsed.attachments),
        remote_id=arrival.metadata.remote_id,
        text=parsed.text,
        raw=raw,
        attachments=parsed.attachments,
        references=_references(arrival, parsed),
        is_quarantined=parsed.parse_status in ("raw_only", "headers_only") and raw is not None,
    )


def _references(arrival: Arrival, parsed: ParsedMessage) -> tuple[int, ...]:
    """Answer what a message refers to; the server's own thread comes last, as what the mail itself names is nearer."""
    named = reference_hashes(parsed.message_id, parsed.in_reply_to, parsed.references)
    thread = arrival.metadata.remote_thread
    return (*named, thread_hash(thread)) if thread else named


def _addresses(parsed: ParsedMessage) -> str:
    return addresses_json({
        "to": parsed.to, "cc": parsed.cc, "bcc": parsed.bcc, "reply_to": parsed.reply_to,
        "sender": (parsed.sender,) if parsed.sender else (),
    })  # fmt: skip


def _facts(parsed: ParsedMessage) -> str:
    return facts_json(
        parsed.facts, in_reply_to=parsed.in_reply_to, references=parsed.references, problems=parsed.problems
    )
