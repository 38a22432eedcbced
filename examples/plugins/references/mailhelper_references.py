"""A tag suggester without any learning: a mail names its mailing list, the project of a ticket, or an order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mailhelper_core import Context, MessageDetail, Setting, TagSuggester, hookimpl

# A list that people write to is a topic; a ticket's key is one with few exceptions; words about orders are often meant
# otherwise. Above 0.5, because all of it is asked before it is set.
LIST_CONFIDENCE, TICKET_CONFIDENCE, ORDER_CONFIDENCE = 0.8, 0.7, 0.6

# PROJ-123 where trackers write it: in brackets or parentheses, or in front of the subject.
_TICKET = re.compile(r"(?:^|[\[(])([A-Z][A-Z0-9]{1,9})-[0-9]{1,6}(?=[\]):\s]|$)")
# What looks like a ticket and is a standard's name or a public list of faults.
_NO_PROJECTS = frozenset(
    {"AES", "BIP", "COVID", "CVE", "CWE", "DIN", "EN", "HTTP", "IEC", "IEEE", "ISO", "PEP", "RFC", "RSA", "SHA", "UTF"}
)
_REPLY = re.compile(r"^(?:[^\W\d_]{1,4}\s*:\s*)+")  # Re:, Fwd:, AW: ...
_ORDER = re.compile(
    r"\b(?:order|bestellung|bestellnummer|auftrag|auftragsnummer|commande|pedido|ordine)\b"
    r"\W{0,5}(?:(?:nr|no|num|nummer|number|numéro|n)\b)?\W{0,5}(?:[A-Z]{1,4}[- ]?)?[0-9][0-9-]{4,}",
    re.IGNORECASE,
)
# A label of a List-Id that a machine drew: 1234567.xt.local, 5f1c9a7e-list.
_DRAWN = re.compile(r"[0-9]{3}|[0-9a-f]{8}")


@hookimpl
def register_settings() -> Sequence[Setting]:
    """Answer what mails about an order are tagged with."""
    return [Setting("order-tag", read_tag, "orders", "the tag of mails that name an order; - for none")]


@hookimpl
def register_tag_suggesters() -> Sequence[TagSuggester]:
    """Answer the suggester."""
    return [TagSuggester("references", suggest)]


def suggest(messages: Sequence[MessageDetail], context: Context) -> list[list[tuple[str, float]]]:
    """Suggest tags for each message, in the owner's own spelling where the tag is there already."""
    spelt = {tag.casefold(): tag for tag in context.tags}
    return [_suggested(message, context.settings["order-tag"], spelt) for message in messages]


def read_tag(text: str) -> str:
    """Read the name of a tag; a dash means none."""
    tag = text.strip()
    if not 0 < len(tag) <= 50:
        raise ValueError("a tag has 1 to 50 characters")
    return "" if tag == "-" else tag


def _suggested(message: MessageDetail, order_tag: str, spelt: Mapping[str, str]) -> list[tuple[str, float]]:
    best: dict[str, tuple[str, float]] = {}
    for name, confidence in _named(message, order_tag):
        best.setdefault(name.casefold(), (spelt.get(name.casefold(), name), confidence))
    present = {tag.casefold() for tag in message.tag_names}
    return [found for name, found in best.items() if name not in present]


def _named(message: MessageDetail, order_tag: str) -> Iterator[tuple[str, float]]:
    name = message.facts.list_id.partition(".")[0]
    # Advertisers give each of their campaigns a List-Id too; what people write to says where to (RFC 2369).
    if message.facts.list_post and 1 < len(name) <= 30 and not _DRAWN.search(name):
        yield name, LIST_CONFIDENCE
    subject = _REPLY.sub("", message.subject)
    for found in _TICKET.finditer(subject):
        if found[1] not in _NO_PROJECTS:
            yield found[1], TICKET_CONFIDENCE
    if order_tag and _ORDER.search(subject):
        yield order_tag, ORDER_CONFIDENCE
