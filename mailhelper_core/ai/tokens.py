"""What a learner may know of a message, as short tokens: header, route, sender, shape, words, text, topics; pure.

A token is `mark:content`; PHRASES says a mark in words that a person understands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailhelper_core.model.mail.message import Address, Attachment, MessageDetail
from mailhelper_core.model.mail.words import SENDER_WORDS, words, words_of_each

# The beginning of a mail says what it is; a 30 MB text must cost what a letter costs.
TEXT_CHARACTERS = 12_000
TEXT_WORDS = 600
SUBJECT_WORDS = 40
# Of this beginning, every four octets are a feature: what is misspelled or written without blanks is found too.
GRAM_CHARACTERS = 2_000
# Fields of one header: real ones have 10 to 60.
MAX_FIELDS = 200
VALUE_WORDS = 30
VALUE_CHARACTERS = 400
# The topmost Received fields are written by servers near the owner.
RECEIVED_FIELDS = 4
RECEIVED_NAMES = 12
MAX_LINKS = 30
LINK_WORDS = 6
MAX_ADDRESSES = 6
SHAPE_CHARACTERS = 40
# Texts of which half or more is written in other letters than ASCII are alike.
FOREIGN_STEPS = 5

PHRASES: Mapping[str, str] = MappingProxyType(
    {
        "s": 'subject has "{}"',
        "w": 'text has "{}"',
        "link": "links to {}",
        "path": 'a link has "{}"',
        "from": "sender is {}",
        "domain": "sender's domain is {}",
        "name": 'sender calls itself "{}"',
        "field": "header has {}",
        "via": "came through {}",
        "net": "came from network {}",
        "id": "form of the Message-ID",
        "id-host": "Message-ID made at {}",
        "recipients": "number of recipients",
        "length": "length of the text",
        "capitals": "share of capitals",
        "signs": "number of ! and $",
        "file": "brings a file of type {}",
        "hops": "number of servers on the way",
        "is": "{}",
        "foreign": "share of letters beyond ASCII",
        "fact": "{}",
        "topic": "a topic",
    }
)
_HIDDEN = frozenset({"id", "recipients", "length", "capitals", "signs", "hops", "foreign", "topic"})
_LEFT_OUT = frozenset({"subject", "date", "received"})

# Of text in lower case: ignoring case takes twice as long.
# It begins with a set of letters: what begins with one of several words is tried at every character.
_LINK = re.compile(r"[hw](?:(?<=h)ttps?://|(?<=w)ww\.)([^\s/>\"'?#]{1,100})([^\s>\"')]{0,200})")
_HOST = re.compile(r"[a-z][a-z0-9.-]{3,60}")
# It begins with a digit, and looks back behind it: what begins with looking back is tried at every character.
_NETWORK = re.compile(r"([0-9](?<![0-9.][0-9])[0-9]{0,2}\.[0-9]{1,3})(\.[0-9]{1,3})\.[0-9]{1,3}(?![0-9.])")
# Of Latin letters alone, for speed: other scripts that have capitals are rarely shouted in.
_NO_CAPITALS = bytes(octet for octet in range(256) if not 65 <= octet <= 90)
_NO_LETTERS = bytes(octet for octet in _NO_CAPITALS if not 97 <= octet <= 122)
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_NO_LETTER = re.compile(r"[\W\d_]+")
_LETTERS, _DIGITS = re.compile(r"[A-Za-z]+"), re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about, by name: facts, and the topics in detail."""

    facts: Collection[str] = ()
    topics: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Noticed:
    """What the heuristics notice about a message, by name; it holds for wording and senders that were never seen.

    read_on: reads what the message is about, which costs as much as the facts and which not every question asks.
    """

    facts: Collection[str] = ()
    read_on: Callable[[], About] = About


NOTHING = Noticed()


@dataclass(frozen=True, slots=True)
class Tokens:
    """The views of one message; the route stands in the header too, `sample` is what the view of octets looks at."""

    header: tuple[str, ...]
    route: tuple[str, ...]
    sender: tuple[str, ...]
    shape: tuple[str, ...]
    subject: tuple[str, ...]
    text: tuple[str, ...]
    about: tuple[str, ...]
    sample: str


def tokens_of(message: MessageDetail, noticed: Noticed = NOTHING, *, asks_about: bool = True) -> Tokens:
    """Read one message; the same message gives the same tokens in every process.

    asks_about: whether a question will ask what the message is about; if none does, that view stays empty.
    """
    text = message.text[:TEXT_CHARACTERS]
    sample = f"{message.subject[:VALUE_CHARACTERS]}\n{text}"[:GRAM_CHARACTERS]
    route, odd = _route(message), tuple(_oddities(message, sample))
    return Tokens(
        header=(*_header(message), *route, *odd),
        route=tuple(route),
        sender=(*_sender(message.from_), *odd),
        shape=(*_shape(message, text), *(f"fact:{name}" for name in sorted(noticed.facts)), *odd),
        subject=tuple(words(message.subject[:VALUE_CHARACTERS], SUBJECT_WORDS)),
        text=tuple(words(text, TEXT_WORDS)),
        about=tuple(_about(noticed)) if asks_about else (),
        sample=sample,
    )


def phrase(token: str) -> str:
    """Say a token in words, "" for one that says nothing to a person."""
    mark, _, content = token.partition(":")
    if mark in _HIDDEN:
        return ""
    return PHRASES.get(mark, f"{mark}: {{}}").format(content)


def _header(message: MessageDetail) -> list[str]:
    found: list[str] = []
    names: dict[str, None] = {}
    marks: list[str] = []
    values: list[str] = []
    for name, value in message.headers[:MAX_FIELDS]:
        name, value = name.lower()[:VALUE_CHARACTERS], value[:VALUE_CHARACTERS]
        names[name] = None
        if name == "message-id":
            found += (f"id:{_pattern(value)}", f"id-host:{value.rpartition('@')[2].strip('> ').lower()}")
        elif name not in _LEFT_OUT:
            marks.append(f"{name}:")
            values.append(value)
    for mark, said in zip(marks, words_of_each(values, VALUE_WORDS), strict=True):
        found += [mark + word for word in said]
    found += [f"field:{name}" for name in names]
    found += _facts(message)
    return found


def _route(message: MessageDetail) -> list[str]:
    """Answer the servers and networks that the mail came through."""
    hops = [value for name, value in message.headers[:MAX_FIELDS] if name.lower() == "received"]
    found = [f"hops:{len(hops)}"]
    for hop in hops[:RECEIVED_FIELDS]:
        value = hop[:VALUE_CHARACTERS]
        found += [f"via:{host}" for host in _HOST.findall(value.lower())[:RECEIVED_NAMES]]
        for wide, narrow in _NETWORK.findall(value):
            found += (f"net:{wide}", f"net:{wide}{narrow}")
    return found


def _pattern(value: str) -> str:
    return _DIGITS.sub("0", _LETTERS.sub("a", value))[:SHAPE_CHARACTERS]


def _facts(message: MessageDetail) -> Iterator[str]:
    facts, own = message.facts, message.account_addresses
    if own:
        direct = any(address.addr_spec.lower() in own for address in message.to[:MAX_FIELDS])
        yield "is:addressed to me" if direct else "is:not addressed to me"
    for holds, name in (
        (facts.is_list, "from a mailing list"),
        (facts.list_unsubscribe, "offers to unsubscribe"),
        (facts.is_auto, "sent by a program"),
        (facts.spam_flag, "the server's filter says spam"),
        (facts.calendar_method, "a calendar message"),
        (message.in_reply_to or message.references, "an answer"),
        ("fail" in (facts.spf, facts.dkim, facts.dmarc), "fails a check of its sender"),
    ):
        if holds:
            yield f"is:{name}"


def _oddities(message: MessageDetail, sample: str) -> Iterator[str]:
    """Answer in what letters it is written, and whether it breaks the standard: told to three views.

    A stranger's mail that came through a list looks like the list's to a view that knows nothing else.
    """
    foreign = 0 if sample.isascii() else len(_NO_LETTER.sub("", "".join(_FOREIGN.findall(sample))))
    if foreign:
        letters = foreign + len(sample.encode("ascii", "ignore").translate(None, _NO_LETTERS))
        yield f"foreign:{1 + min(FOREIGN_STEPS, 2 * FOREIGN_STEPS * foreign // letters)}"
    elif not sample.isspace():
        yield "foreign:0"
    if message.parse_status not in ("ok", "headers_only"):
        yield "is:malformed"
    if message.from_.addr_spec.count("@") != 1:
        yield "is:sent from a malformed address"


def _shape(message: MessageDetail, text: str) -> Iterator[str]:
    yield f"recipients:{min(len(message.to) + len(message.cc), MAX_ADDRESSES)}"
    yield f"length:{len(message.text).bit_length()}"
    yield f"capitals:subject {_share(message.subject[:VALUE_CHARACTERS], 10)}"
    yield f"capitals:text {_share(text, 20)}"
    yield f"signs:! {min(text.count('!'), 5)}"
    yield f"signs:$ {min(text.count('$'), 5)}"
    yield from _links(text.lower())
    yield from map(_file, message.attachments[:MAX_FIELDS])


def _links(lowered: str) -> list[str]:
    if "://" not in lowered and "www." not in lowered:  # a third of the time of looking at every h and w
        return []
    links = _LINK.findall(lowered)[:MAX_LINKS]
    found: list[str] = []
    for (host, _), path in zip(links, words_of_each([path for _, path in links], LINK_WORDS), strict=True):
        found += (f"link:{host}", f"link:{_site(host)}")
        found += [f"path:{word}" for word in path]
    return found


def _sender(sender: Address) -> Iterator[str]:
    yield f"from:{sender.addr_spec.lower()[:VALUE_CHARACTERS]}"
    yield f"domain:{sender.domain[:VALUE_CHARACTERS]}"
    yield f"domain:{_site(sender.domain[:VALUE_CHARACTERS])}"
    yield f"domain:{sender.domain.rpartition('.')[2][:VALUE_CHARACTERS]}"
    yield f"name:{' '.join(words(sender.name[:VALUE_CHARACTERS], SENDER_WORDS))}"


def _site(host: str) -> str:
    return ".".join(host.split(".")[-2:])


def _share(text: str, steps: int) -> int:
    octets = text.encode("ascii", "ignore")
    letters = len(octets.translate(None, _NO_LETTERS))
    return steps * len(octets.translate(None, _NO_CAPITALS)) // letters if letters else -1


def _about(noticed: Noticed) -> Iterator[str]:
    """Answer what the mail is about, with the facts beside it: an order that a person writes about is none."""
    about = noticed.read_on()
    yield from (f"fact:{name}" for name in sorted({*noticed.facts, *about.facts}))
    yield from (f"topic:{name}" for name in sorted(about.topics))


def _file(attachment: Attachment) -> str:
    return f"file:{attachment.media_type}"
