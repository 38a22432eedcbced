"""The scripts and mails on which our interpreter and Pigeonhole's must agree, and our verdict in its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import NamedTuple

from mailhelper_core.mime.header import header_end
from mailhelper_core.mime.parse import parse
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.rules.sieve.mail import RawMail
from mailhelper_core.sieve.action import Action, Discard, FileInto, Keep, Redirect, Reject, Vacation
from mailhelper_core.sieve.mail import Surroundings
from mailhelper_core.sieve.program import Program, compile_script
from mailhelper_core.testing.generator.generator import MailboxGenerator
from tests.servers.sieve import RECIPIENT, SENDER, Verdict, details

CORPUS = Path(__file__).with_name("corpus")
REFUSED = "refused"
ENCODINGS = ("7bit", "8bit", "binary", "quoted-printable", "base64")  # RFC 2045 6.1; whole mails only the first three
# What sieve-test finds in an empty home.
AROUND = Surroundings(datetime.now(UTC), mailboxes=frozenset({"INBOX"}))


class Case(NamedTuple):
    """One script of the corpus: the file it stands in, its title, its text."""

    file: str
    title: str
    text: str


def cases() -> list[Case]:
    """Answer every script: a file's head stands before each of its parts."""
    return [case for path in sorted(CORPUS.glob("*.sieve")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[Case]:
    head, *parts = path.read_text(encoding="utf-8").split("#### ")
    for part in parts:
        title, _, text = part.partition("\n")
        yield Case(path.stem, title, head + text)


def generated_mails(count: int = 40) -> list[bytes]:
    """Answer generated mails, whole and broken."""
    mails = MailboxGenerator(7).mails(200)
    return [as_sent(mails[number].raw) for number in range(0, len(mails), len(mails) // count)][:count]


def real_mails(folder: Path, count: int = 60) -> list[bytes]:
    """Answer real mails of every collection that are well-formed."""
    entries = json.loads((folder / "mails" / "manifest.json").read_text(encoding="utf-8"))
    raws = [as_sent((folder / "mails" / entry["file"]).read_bytes()) for entry in entries]
    fit = [raw for raw in raws if is_fit(raw)]
    return [fit[number] for number in range(0, len(fit), max(1, len(fit) // count))][:count]


def as_sent(raw: bytes) -> bytes:
    """Answer a mail as it travels, with CRLF: that is the size that RFC 5228 5.9 asks for."""
    return re.sub(rb"\r?\n", b"\r\n", raw)


def is_fit(raw: bytes) -> bool:
    """A mail, not a fragment or a text file, in which nothing had to be guessed or repaired: there readers differ."""
    parsed = parse(raw)
    head = raw[: header_end(raw)[1]]
    is_whole = parsed.from_ and parsed.subject and parsed.sent_at and not parsed.problems
    if not (head.isascii() and is_whole):
        return False
    message = BytesParser(policy=default).parsebytes(raw.partition(b"\n")[2] if raw[:5] == b"From " else raw)
    return _has_plain_addresses(message) and all(map(_has_plain_mime, message.walk()))


def _has_plain_addresses(message: EmailMessage) -> bool:
    """Addresses as RFC 5322 3.4 writes them today; a group without members is one address to some, none to others."""
    fields = [field for name in ("from", "to", "cc") for field in message.get_all(name, [])]
    return all(not field.defects and all(group.addresses for group in field.groups) for field in fields)


def _has_plain_mime(part: EmailMessage) -> bool:
    """Fields and boundaries as RFC 2045 and 2046 write them, each field once."""
    names = ("content-type", "content-transfer-encoding")
    fields = [part.get_all(name, []) for name in names]
    is_plain = all(len(found) <= 1 and not any(field.defects for field in found) for found in fields)
    encoding = str(part.get("content-transfer-encoding", "7bit")).lower()
    known = ENCODINGS if part.get_content_maintype() not in ("multipart", "message") else ENCODINGS[:3]
    return is_plain and not part.defects and encoding in known


def compiled(text: str) -> Program:
    """Compile a script with the project's regular expressions."""
    return compile_script(text, compile_groups)


def verdict(program: Program, raw: bytes, around: Surroundings = AROUND) -> Verdict:
    """Answer what we decide, written as the peer's verdict is."""
    decision = program.decide(RawMail(raw, sender=SENDER, recipient=RECIPIENT), around)
    lines = (line for action in decision.actions for line in _lines(action))
    return ("error",) if decision.error else tuple(" ".join(line.split()) for line in lines)


def _lines(action: Action) -> Iterator[str]:
    match action:
        case Keep(flags):
            yield "store INBOX"
            yield from details("", list(flags))
        case FileInto(mailbox, flags, special_use=use):
            yield f"store {'INBOX' if mailbox.upper() == 'INBOX' else mailbox}"
            yield from details(use, list(flags))
        case Discard():
            yield "discard"
        case Redirect(address):
            yield f"redirect {address}"
        case Reject():
            yield "reject"
        case Vacation():
            yield "vacation"
