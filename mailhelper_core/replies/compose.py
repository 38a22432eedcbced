"""A reply as octets (RFC 5322): to whom, in which thread, with the mail it answers quoted below; pure."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from mailhelper_core.mime.quote import split_reply
from mailhelper_core.model.ai.reply import Draft
from mailhelper_core.model.mail.message import Address, MessageDetail
from mailhelper_core.model.mail.text import clean_header, clean_text

# Re:, AW: and their like, as often as they stand there.
_PREFIXES = re.compile(r"(?:\s{0,3}(?:re|aw|antw|sv|fwd?|wg)\s{0,3}(?:\[\d{1,3}\])?\s{0,3}:)+\s*", re.IGNORECASE)
MAX_SUBJECT_CHARACTERS = 500
# Of the mail that is answered: the reader has it, this is a reminder.
MAX_QUOTED_LINES = 60
_MAX_REFERENCES = 20
# Edits are measured by words, as characters take far longer, and those of longer drafts on their beginning. Where no
# blanks are written, a character is a word.
_WORD = re.compile(r"[\u3040-\u9fff]|[^\s\u3040-\u9fff]+\s*|\s+")
_MAX_WORDS = 1_500


def addressee(message: MessageDetail) -> Address:
    """Answer who gets the reply: Reply-To, else From, whose name holds for a Reply-To of its domain without one."""
    sender = message.from_
    if not message.reply_to:
        return sender
    asked = message.reply_to[0]
    is_same = asked.domain.lower() == sender.domain.lower()
    return replace(asked, name=sender.name) if is_same and not asked.name else asked


def reply_subject(message: MessageDetail) -> str:
    """Answer the subject with one `Re:` in front."""
    bare = _PREFIXES.sub("", clean_header(message.subject[: 2 * MAX_SUBJECT_CHARACTERS]), count=1)
    return f"Re: {bare[:MAX_SUBJECT_CHARACTERS]}".strip()


def own_address(message: MessageDetail, username: str) -> str:
    """Answer the owner's address that the mail was sent to, else the account's."""
    own = {address.lower() for address in message.account_addresses}
    reached = [one.addr_spec for one in message.recipients if one.addr_spec.lower() in own]
    return next(iter([*reached, *sorted(own)]), username)


def octets(draft: Draft, message: MessageDetail, sender: str) -> bytes:
    """Answer the draft as a message; header values are single lines, whatever the mail had in them."""
    reply = EmailMessage(policy=SMTP)
    person = addressee(message)
    if "@" in sender:
        reply["From"] = _address("", sender)
    reply["To"] = _address(person.name, person.addr_spec)
    reply["Subject"] = clean_header(draft.subject)
    if message.message_id:
        known = [*message.references, message.message_id][-_MAX_REFERENCES:]
        reply["In-Reply-To"] = f"<{_token(message.message_id)}>"
        reply["References"] = " ".join(f"<{_token(one)}>" for one in known)
    reply.set_content(f"{clean_text(draft.body)}\n\n{_quoted(message)}\n", cte="quoted-printable")
    return bytes(reply)


def kept(made: str, body: str) -> float:
    """Answer how much of what was made is still in the body, 0 to 1."""
    if made == body or not made:
        return 1.0
    before, after = _WORD.findall(made)[:_MAX_WORDS], _WORD.findall(body)[:_MAX_WORDS]
    sizes = [len(word) for word in before]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return round(sum(sum(sizes[block.a : block.a + block.size]) for block in blocks) / max(1, sum(sizes)), 3)


def _quoted(message: MessageDetail) -> str:
    lines = split_reply(message.text).own.split("\n")[:MAX_QUOTED_LINES]
    who = clean_header(message.from_.name or message.from_.addr_spec)
    return "\n".join([f"{who}, {format_datetime(message.date)}:", *(f"> {line}".rstrip() for line in lines)])


def _address(name: str, addr_spec: str) -> str:
    return formataddr((clean_header(name), _token(addr_spec)))


def _token(value: str) -> str:
    """Answer a value without what could begin another header field or address."""
    return "".join(
        char for char in clean_header(value) if char.isascii() and char.isprintable() and char not in '<> ,;"'
    )
