"""What a stage wants to ask a model, before the gate has looked at it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailhelper_core.ai.prompts.read import Prompt
from mailhelper_core.egress.names import KnownWords, parts_of
from mailhelper_core.egress.plain import Part, plain
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.model.mail.message import Address, MessageDetail

# What the rest of a long mail adds is not worth what it costs.
SUBJECT_CHARACTERS = 500
TEXT_CHARACTERS = 6_000
# Earlier mails of the thread: the newest few, each shortened.
EARLIER_MAILS = 5
EARLIER_CHARACTERS = 800
# What embedding models read of a text, about 500 tokens.
EMBEDDED_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One question about one message; nothing of it has been replaced yet."""

    account_id: int
    message_id: int
    thread_id: int
    purpose: Purpose
    prompt: Prompt
    parts: tuple[Part, ...]
    people: frozenset[str] = field(repr=False)
    strong: bool = False  # ask the provider's stronger model


@dataclass(frozen=True, slots=True)
class Letter:
    """A text that is to become a vector, and whose it is."""

    message_id: int
    thread_id: int
    part: Part
    people: frozenset[str] = field(repr=False)


def outgoing(
    message: MessageDetail,
    purpose: Purpose,
    prompt: Prompt,
    *,
    thread: Sequence[MessageDetail] = (),
    extra: Sequence[Part] = (),
    others: Sequence[MessageDetail] = (),
    strong: bool = False,
) -> Outgoing:
    """Answer what is to be asked about a message, with what was written before it in its thread.

    others: mails that the extra parts were taken from; whom they name is replaced too.
    """
    earlier = [one for one in thread if one.id != message.id and one.date <= message.date][-EARLIER_MAILS:]
    parts = [Part("subject", plain(message.subject, SUBJECT_CHARACTERS))]
    parts += [Part(f"earlier {number}", plain(one.text, EARLIER_CHARACTERS)) for number, one in enumerate(earlier, 1)]
    parts += [Part("message", plain(message.text, TEXT_CHARACTERS))]
    parts += [Part(one.label, plain(one.text, TEXT_CHARACTERS)) for one in extra]
    people = parts_of([address for one in (message, *earlier, *others) for address in people_of(one)])
    return Outgoing(
        message.account_id, message.id, message.thread_id, purpose, prompt,
        tuple(part for part in parts if part.text), frozenset(people), strong,
    )  # fmt: skip


def letter(message: MessageDetail) -> Letter:
    """Answer the text of a message that is to become a vector: subject and what its author wrote."""
    text = f"{plain(message.subject, SUBJECT_CHARACTERS)}\n{plain(message.text, EMBEDDED_CHARACTERS)}"
    return Letter(message.id, message.thread_id, Part("message", text), frozenset(parts_of(people_of(message))))


def mentioned(known: KnownWords, parts: Sequence[Part]) -> frozenset[str]:
    """Answer the words of people's names that stand in these parts, written like a name."""
    return frozenset(known.written_in("\n".join(part.text for part in parts)))


def people_of(message: MessageDetail) -> list[Address]:
    """Answer everybody whom a message's header names, and the owner."""
    sender = [message.sender] if message.sender else []
    own = [Address("", address) for address in sorted(message.account_addresses)]
    return [message.from_, *message.recipients, *message.reply_to, *sender, *own]
