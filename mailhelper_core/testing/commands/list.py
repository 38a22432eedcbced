"""LIST with its extensions (RFC 5258, 5819, 6154), LSUB, NAMESPACE."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailhelper_core.testing.commands import status
from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import User
from mailhelper_core.testing.protocol.responses import Response, Untagged, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError

_SELECTION = {"SUBSCRIBED": None, "REMOTE": None, "RECURSIVEMATCH": None, "SPECIAL-USE": "SPECIAL-USE"}
_RETURN = {
    "SUBSCRIBED": None,
    "CHILDREN": None,
    "SPECIAL-USE": "SPECIAL-USE",
    "STATUS": "LIST-STATUS",
}


@dataclass(frozen=True, slots=True)
class Query:
    """What a LIST asks for: patterns, selection options, return options with the items of STATUS."""

    patterns: tuple[str, ...]
    selection: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset()
    status_items: tuple[str, ...] = ()


def list_mailboxes(session: Session, args: Scanner) -> Flow:
    """List the mailboxes that fit a pattern."""
    args.space()
    query = _query(session, args)
    args.end()
    if query.patterns == ("",):
        yield Untagged(b'LIST (\\Noselect) %s ""' % encode.string(session.login.delimiter.encode()))
    else:
        yield from _answer(session, query)
    yield ok("List completed")


def list_subscribed(session: Session, args: Scanner) -> Flow:
    """List the subscribed mailboxes that fit a pattern."""
    args.space()
    reference = args.mailbox()
    args.space()
    query = Query((reference + args.list_pattern(),))
    args.end()
    user = session.login
    for name in sorted(name for name in user.subscribed if _fits(query, name, user.delimiter)):
        yield _line(b"LSUB", (), user.delimiter, name)
    yield ok("Lsub completed")


def namespace(session: Session, args: Scanner) -> Flow:
    """Tell the one personal namespace (RFC 2342)."""
    args.end()
    prefix, delimiter = encode.mailbox(session.login.prefix), encode.string(session.login.delimiter.encode())
    yield Untagged(b"NAMESPACE ((%s %s)) NIL NIL" % (prefix, delimiter))
    yield ok("Namespace completed")


def _query(session: Session, args: Scanner) -> Query:
    extended = session.can("LIST-EXTENDED")
    selection: list[str] = []
    if extended and args.peek() == b"(":
        selection = args.group(Scanner.keyword)
        _check_options(session, selection, _SELECTION)
        args.space()
    reference = args.mailbox()
    args.space()
    patterns = args.group(Scanner.list_pattern) if extended and args.peek() == b"(" else [args.list_pattern()]
    returns, items = _return_options(session, args) if extended else ([], [])
    return Query(
        tuple(reference + pattern for pattern in patterns),
        frozenset(selection),
        frozenset(returns),
        tuple(items),
    )


def _return_options(session: Session, args: Scanner) -> tuple[list[str], list[str]]:
    options: list[str] = []
    items: list[str] = []
    if not args.accept(b" RETURN ("):
        return options, items
    while not args.accept(b")"):
        if options:
            args.space()
        options.append(args.keyword())
        if options[-1] == "STATUS":
            args.space()
            items = status.read_items(session, args)
    _check_options(session, options, _RETURN)
    return options, items


def _check_options(session: Session, options: list[str], known: dict[str, str | None]) -> None:
    for option in options:
        if option not in known:
            raise WireError("Unknown LIST option")
        needs = known[option]
        if needs is not None and not session.can(needs):
            raise WireError("Unknown LIST option")


def _answer(session: Session, query: Query) -> Iterator[Response]:
    user = session.login
    existing = {mailbox.name: mailbox for mailbox in user.mailboxes}
    parents = _parents(existing, user.delimiter)
    for name in [*existing, *sorted(parents - set(existing))]:
        mailbox = existing.get(name)
        if not _fits(query, name, user.delimiter) or not _is_selected(user, query, name, mailbox):
            continue
        attributes = _attributes(session, query, name, mailbox, has_children=name in parents)
        yield _line(b"LIST", attributes, user.delimiter, name)
        if mailbox is not None and "STATUS" in query.returns:
            yield status.line(mailbox, list(query.status_items))


def _parents(names: Iterable[str], delimiter: str) -> set[str]:
    """Answer the names that have others below them, also those of which no mailbox exists."""
    return {
        delimiter.join(name.split(delimiter)[:depth]) for name in names for depth in range(1, name.count(delimiter) + 1)
    }


def _is_selected(user: User, query: Query, name: str, mailbox: Mailbox | None) -> bool:
    if "SPECIAL-USE" in query.selection and (mailbox is None or mailbox.role is None):
        return False
    return "SUBSCRIBED" not in query.selection or name in user.subscribed


def _attributes(
    session: Session, query: Query, name: str, mailbox: Mailbox | None, *, has_children: bool
) -> tuple[str, ...]:
    user = session.login
    attributes = [] if mailbox is not None else ["\\Noselect"]
    if session.can("CHILDREN"):
        attributes.append("\\HasChildren" if has_children else "\\HasNoChildren")
    if name in user.subscribed and "SUBSCRIBED" in query.selection | query.returns:
        attributes.append("\\Subscribed")
    if mailbox is not None and mailbox.role is not None and session.can("SPECIAL-USE"):
        attributes.append(mailbox.role)
    return tuple(attributes)


def _line(kind: bytes, attributes: tuple[str, ...], delimiter: str, name: str) -> Untagged:
    shown = encode.group(attribute.encode() for attribute in attributes)
    return Untagged(b"%s %s %s %s" % (kind, shown, encode.string(delimiter.encode()), encode.mailbox(name)))


def _fits(query: Query, name: str, delimiter: str) -> bool:
    return any(_pattern_regex(pattern, delimiter).fullmatch(name) for pattern in query.patterns)


def _pattern_regex(pattern: str, delimiter: str) -> re.Pattern[str]:
    wildcards = {"*": ".*", "%": f"[^{re.escape(delimiter)}]*"}
    return re.compile("".join(wildcards.get(char) or re.escape(char) for char in pattern), re.DOTALL)
