"""The items of FETCH: each is a name on the wire and a function from a message to its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mailhelper_core.testing.commands import gmail
from mailhelper_core.testing.commands.body_structure import render_structure
from mailhelper_core.testing.commands.envelope import render_envelope
from mailhelper_core.testing.mailstore.content import Content, choose_fields
from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.encode import Literal
from mailhelper_core.testing.wire.scanner import Scanner, WireError

Value = bytes | Literal
Render = Callable[[StoredMessage], Value]
Cut = Callable[[Content], bytes | None]


@dataclass(frozen=True, slots=True)
class Item:
    """One item; `marks_seen` when fetching it counts as reading (RFC 3501 section 6.4.5)."""

    name: bytes
    render: Render
    marks_seen: bool = False

    @classmethod
    def of(cls, name: str) -> Item:
        """Answer the item of that plain name."""
        return _ITEMS[name]


_RENDERERS: dict[str, Render] = {
    "UID": lambda message: b"%d" % message.uid,
    "FLAGS": lambda message: encode.flags(message.flags),
    "INTERNALDATE": lambda message: encode.date_time(message.internal_date),
    "RFC822.SIZE": lambda message: b"%d" % message.size,
    "MODSEQ": lambda message: b"(%d)" % message.mod_seq,
    "ENVELOPE": lambda message: render_envelope(message.content.structure.header),
    "BODYSTRUCTURE": lambda message: render_structure(message.content, extended=True),
    "BODY": lambda message: render_structure(message.content, extended=False),
    "RFC822": lambda message: Literal(message.raw),
    "RFC822.HEADER": lambda message: Literal(message.content.header),
    "RFC822.TEXT": lambda message: Literal(message.content.text),
    "EMAILID": lambda message: b"(%s)" % message.content.email_id.encode(),
    "THREADID": lambda message: b"(T%s)" % gmail.thread_number(message),
    "X-GM-MSGID": gmail.message_number,
    "X-GM-THRID": gmail.thread_number,
}
_MARK_SEEN = {"RFC822", "RFC822.TEXT"}
_ITEMS = {name: Item(name.encode(), render, name in _MARK_SEEN) for name, render in _RENDERERS.items()}
_NEEDS = {
    "MODSEQ": "CONDSTORE",
    "EMAILID": "OBJECTID",
    "THREADID": "OBJECTID",
    "X-GM-MSGID": "X-GM-EXT-1",
    "X-GM-THRID": "X-GM-EXT-1",
}
_MACROS = {
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}


def read_items(session: Session, args: Scanner) -> list[Item]:
    """Take a macro, one item or a parenthesized list of them."""
    for macro, names in _MACROS.items():
        if args.accept(macro.encode()):
            return [Item.of(name) for name in names]
    if args.peek() == b"(":
        return args.group(lambda inner: _read_item(session, inner))
    return [_read_item(session, args)]


def _read_item(session: Session, args: Scanner) -> Item:
    if args.accept(b"BODY.PEEK["):
        return _read_section(args, marks_seen=False)
    if args.accept(b"BODY["):
        return _read_section(args, marks_seen=True)
    name = args.keyword()
    if name == "X-GM-LABELS" and session.can("X-GM-EXT-1"):
        return Item(name.encode(), gmail.Labels(session))
    needs = _NEEDS.get(name)
    if name not in _ITEMS or (needs is not None and not session.can(needs)):
        raise WireError("Unknown FETCH item")
    return _ITEMS[name]


def _read_section(args: Scanner, *, marks_seen: bool) -> Item:
    numbers = _part_numbers(args)
    name, cut = _section_text(args, numbers)
    args.expect(b"]")
    shown = b"BODY[%s]" % b".".join([*(b"%d" % number for number in numbers), *([name] if name else [])])
    bounds = _bounds(args)
    if bounds is not None:
        shown += b"<%d>" % bounds[0]
    return Item(shown, _Section(cut, bounds), marks_seen)


def _part_numbers(args: Scanner) -> tuple[int, ...]:
    numbers: list[int] = []
    while args.peek().isdigit():
        numbers.append(args.number())
        if not numbers[-1]:  # RFC 3501 section 9: nz-number
            raise WireError("Part numbers begin at 1")
        if not args.accept(b"."):
            break
    return tuple(numbers)


def _section_text(args: Scanner, numbers: tuple[int, ...]) -> tuple[bytes, Cut]:
    """Take what follows the part numbers; answer it as sent back, and the function that cuts it out."""
    if args.peek() == b"]":
        return b"", partial(Content.part, numbers=numbers) if numbers else _whole
    for name, inverted in ((b"HEADER.FIELDS.NOT ", True), (b"HEADER.FIELDS ", False)):
        if args.accept(name):
            fields = args.group(Scanner.astring)
            wanted = frozenset(field.upper() for field in fields)
            cut = partial(_fields, numbers=numbers, wanted=wanted, inverted=inverted)
            return name + encode.group(fields), cut
    for name, text in _TEXTS.items():
        if args.accept(name):
            return name, partial(text, numbers=numbers)
    raise WireError("Unknown section")


def _whole(content: Content) -> bytes:
    return content.raw


def _header(content: Content, numbers: tuple[int, ...]) -> bytes | None:
    if not numbers:
        return content.header
    message = content.embedded(numbers)
    return None if message is None else content.raw[message.start : message.body]


def _text(content: Content, numbers: tuple[int, ...]) -> bytes | None:
    if not numbers:
        return content.text
    message = content.embedded(numbers)
    return None if message is None else content.raw[message.body : message.end]


def _fields(content: Content, numbers: tuple[int, ...], *, wanted: frozenset[bytes], inverted: bool) -> bytes | None:
    header = _header(content, numbers)
    return None if header is None else choose_fields(header, wanted, inverted=inverted)


_TEXTS: dict[bytes, Callable[..., bytes | None]] = {
    b"HEADER": _header,
    b"TEXT": _text,
    b"MIME": Content.part_header,
}


def _bounds(args: Scanner) -> tuple[int, int] | None:
    if not args.accept(b"<"):
        return None
    start = args.number()
    args.expect(b".")
    length = args.number()
    args.expect(b">")
    return start, length


@dataclass(frozen=True, slots=True)
class _Section:
    """Cuts a section out of a message, and a part of it if the client wants only that."""

    cut: Cut
    bounds: tuple[int, int] | None

    def __call__(self, message: StoredMessage) -> Value:
        data = self.cut(message.content) or b""  # as Dovecot answers for a part that is not there
        if self.bounds is not None:
            start, length = self.bounds
            data = data[start : start + length]
        return Literal(data)
