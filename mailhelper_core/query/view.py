"""One message as conditions see it: the words, values and texts of its fields, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime

from mailhelper_core.model.mail.message import Address, MessageDetail, Place
from mailhelper_core.model.mail.words import (
    SEARCHABLE_CHARACTERS,
    SUBJECT_WORDS,
    fold,
    fold_address,
    recipient_words,
    sender_words,
    words,
)
from mailhelper_core.model.mind.opinion import Opinion, opinion_number, priority_score
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.ranges import Attribute
from mailhelper_core.model.work.report import ErrorNote

# Stands for "no place": a message that lies nowhere is in no mailbox and has no state.
NO_PLACE = Place(0, "", "", frozenset())

RECIPIENT_FIELDS = ("to", "cc", "bcc")
# Where a bare word is looked for.
ANY_FIELDS = ("subject", "from", "recipient", "body")


class MessageView:
    """A message while conditions are tested on it; make one per message and test all rules on it.

    `errors` collects what plugin conditions failed with: each provider once.
    """

    __slots__ = ("_answers", "_folded", "_words", "errors", "message", "own_addresses", "places")

    def __init__(self, message: MessageDetail) -> None:
        self.message = message
        self.places: tuple[Place, ...] = message.places or (NO_PLACE,)
        self.own_addresses = frozenset(map(fold_address, message.account_addresses))
        self.errors: list[ErrorNote] = []
        self._words: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, frozenset[str]] = {}
        self._answers: dict[Hashable, bool | None] = {}

    def after(self, message: MessageDetail) -> MessageView:
        """Answer the view of the same message after operations, which change no words: these are not looked for again.

        Errors go on in one list.
        """
        view = MessageView(message)
        view.errors = self.errors
        view._words = self._words
        view._folded = {key: values for key, values in self._folded.items() if key not in ("tag", "suggested")}
        return view

    def words(self, field: str, name: str = "") -> tuple[str, ...]:
        """Answer the words of each value of a field, joined and surrounded by blanks: `" second reminder "`."""
        key = field + name
        found = self._words.get(key)
        if found is None:
            found = self._words[key] = tuple(self._find_words(field, name))
        return found

    def folded(self, field: str, name: str = "") -> frozenset[str]:
        """Answer the whole values of a field, folded: of addresses the name and, in lower case, the addr-spec."""
        key = field + name
        found = self._folded.get(key)
        if found is None:
            is_address = field in _ADDRESSES
            values = _address_parts(self.addresses(field)) if is_address else map(fold, self.texts(field, name))
            found = self._folded[key] = frozenset(values)
        return found

    def texts(self, field: str, name: str = "") -> tuple[str, ...]:
        """Answer the values of a field as regular expressions see them."""
        if field == "header":
            return self.message.header(name)
        if field == "opinion":
            return tuple(one.value for one in self._said(name))
        if field == "any":
            return tuple(text for part in ANY_FIELDS for text in self.texts(part))
        if field in _ADDRESSES:
            return tuple(filter(None, map(str, self.addresses(field))))
        return tuple(text[:SEARCHABLE_CHARACTERS] for text in _TEXTS[field](self.message) if text)

    def addresses(self, field: str) -> tuple[Address, ...]:
        """Answer the addresses of from, to, cc, bcc or recipient."""
        return _ADDRESSES[field](self.message)

    def attribute(self, attribute: Attribute, name: str = "") -> float | datetime | None:
        """Answer a number or moment that ranges test, None where the message lacks it; name: the kind of opinion."""
        if attribute == "opinion":
            return next(map(opinion_number, self._said(name)), None)
        return ATTRIBUTES[attribute](self.message)

    def answer(self, leaf: Is, ask: Callable[[], bool | None]) -> bool | None:
        """Answer what a plugin condition said of this message; it is asked once."""
        return self.once((leaf.field, leaf.value), ask)

    def once(self, key: Hashable, ask: Callable[[], bool | None]) -> bool | None:
        """Answer what was found out about this message; it is asked for once."""
        if key not in self._answers:
            self._answers[key] = ask()
        return self._answers[key]

    def _said(self, kind: str) -> Iterable[Opinion]:
        return (one for one in self.message.opinions if one.kind == kind)

    def _find_words(self, field: str, name: str) -> Iterable[str]:
        if field == "any":
            return (value for part in ANY_FIELDS for value in self.words(part))
        if field in ("recipient", *RECIPIENT_FIELDS):
            return map(_joined, self._recipient_words(field))
        if field == "from":
            return (_joined(sender_words(self.message.from_)),)
        limit = {"limit": SUBJECT_WORDS} if field == "subject" else {}
        return (_joined(words(text, **limit)) for text in self.texts(field, name))

    def _recipient_words(self, field: str) -> list[list[str]]:
        found = recipient_words(self.message.recipients)
        first = 0
        for kind in RECIPIENT_FIELDS:
            after = first + len(self.addresses(kind))
            if kind == field:
                return found[first:after]
            first = after
        return found


def _joined(found: list[str]) -> str:
    return f" {' '.join(found)} " if found else ""


def _address_parts(addresses: Iterable[Address]) -> Iterable[str]:
    for address in addresses:
        yield fold_address(address.addr_spec)
        # A name with an @ is no address, whatever it says.
        name = fold(address.name)
        if "@" not in name:
            yield name


def waiting_tags(message: MessageDetail) -> Iterator[tuple[str, float]]:
    """Yield the suggested tags that the message does not bear, and how sure each is."""
    borne = {fold_tag(name) for name in message.tag_names} if message.suggestions else ()
    return ((name, sure) for name, sure in message.suggestions if fold_tag(name) not in borne)


def _score(message: MessageDetail) -> int | None:
    if message.urgency is None or message.importance is None:
        return None
    return priority_score(message.urgency, message.importance)


_ADDRESSES: dict[str, Callable[[MessageDetail], tuple[Address, ...]]] = {
    "from": lambda message: (message.from_,),
    "to": lambda message: message.to,
    "cc": lambda message: message.cc,
    "bcc": lambda message: message.bcc,
    "recipient": lambda message: message.recipients,
    "reply_to": lambda message: message.reply_to,
    "sender": lambda message: (message.sender,) if message.sender else (),
}
_TEXTS: dict[str, Callable[[MessageDetail], tuple[str, ...]]] = {
    "subject": lambda message: (message.subject,),
    "body": lambda message: (message.text,),
    "filename": lambda message: tuple(attachment.filename for attachment in message.attachments),
    "attachment": lambda message: tuple(attachment.media_type for attachment in message.attachments),
    "list": lambda message: (message.facts.list_id,),
    "message_id": lambda message: (message.message_id,),
    "in_reply_to": lambda message: (message.in_reply_to,),
    "mailer": lambda message: (message.facts.mailer,),
    "precedence": lambda message: (message.facts.precedence,),
    "auto_submitted": lambda message: (message.facts.auto_submitted,),
    "calendar": lambda message: (message.facts.calendar_method,),
    "problem": lambda message: message.problems,
    "tag": lambda message: tuple(message.tag_names),
    "suggested": lambda message: tuple(name for name, _ in waiting_tags(message)),
    "category": lambda message: (message.category or "",),
    "language": lambda message: (message.language or "",),
    "dmarc": lambda message: (message.facts.dmarc,),
    "spf": lambda message: (message.facts.spf,),
    "dkim": lambda message: (message.facts.dkim,),
    "parse_status": lambda message: (message.parse_status,),
    "domain": lambda message: (message.from_.domain,),
}
ATTRIBUTES: dict[Attribute, Callable[[MessageDetail], float | datetime | None]] = {
    "urgency": lambda message: message.urgency,
    "importance": lambda message: message.importance,
    "score": _score,
    "spam": lambda message: message.spam,
    "size": lambda message: message.size,
    "date": lambda message: message.date,
    "sent": lambda message: message.sent_at,
    "received": lambda message: message.received_at,
    "attachment_size": lambda message: max((one.size for one in message.attachments), default=None),
    "sender_importance": lambda message: message.facts.importance or None,
    "spam_score": lambda message: message.facts.spam_score,
}
