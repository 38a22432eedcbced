"""LIST and STATUS: which mailboxes there are, and their state (RFC 9051 6.3.9-6.3.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from mailhelper_core.errors import InvalidError, ServerError
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteStatus
from mailhelper_core.server.imap.command import Command, decode_name, encode_name, string
from mailhelper_core.server.imap.response import (
    UNREADABLE,
    Data,
    Status,
    Value,
    number,
    pairs,
    protocol_error,
    read_listed,
)
from mailhelper_core.server.imap.state import SessionState
from mailhelper_core.server.roles import role_of, with_named_roles

# At 100 ms a round trip, 600 mailboxes take 4 s instead of a minute. A few kilobytes: no line is too small for them.
STATUS_IN_FLIGHT = 16
_NOT_SELECTABLE = frozenset({"\\noselect", "\\nonexistent"})


def list_mailboxes(state: SessionState) -> tuple[RemoteMailbox, ...]:
    """List all mailboxes in one command, with status where LIST-STATUS is offered (RFC 5819).

    A line that cannot be read is counted and left out; a mailbox whose STATUS cannot be read is asked for it alone.
    """
    answer = state.wire.run(*_list_command(state), is_listing=True)
    statuses = _statuses(answer.untagged)
    found: dict[bytes, RemoteMailbox] = {}
    state.unreadable = 0
    for response in answer.untagged:
        if not isinstance(response, Data) or not _is_listed(response):
            continue
        try:
            raw, mailbox = _read_list(response, statuses)
        except ServerError:
            state.unreadable += 1
        else:
            found.setdefault(raw, mailbox)
    return with_named_roles(_told_apart(state, found))


def mailbox_status(state: SessionState, name: str) -> RemoteStatus:
    """Ask for the status of one mailbox."""
    return _read_status(_ask_status(state, name))


def told_numbers(state: SessionState, name: str) -> dict[str, int]:
    """Ask for the status of one mailbox, and answer what the server says of it; some servers leave UIDNEXT out."""
    items = _ask_status(state, name)
    told = pairs(items) if isinstance(items, tuple) else {}
    return {item: number(value) for item, value in told.items() if item in ("UIDVALIDITY", "UIDNEXT")}


def _ask_status(state: SessionState, name: str) -> Value:
    answer = state.wire.run(b"STATUS ", state.mailbox(name), b" ", status_items(state))
    told = next((r for r in answer.untagged if isinstance(r, Data) and r.kind == "STATUS" and len(r.values) >= 2), None)
    if told is None:
        raise protocol_error("no STATUS response")
    return told.values[1]


def mailbox_statuses(state: SessionState, names: Sequence[str]) -> Iterator[tuple[str, RemoteStatus]]:
    """Yield the status of many mailboxes, several commands in flight, where the server has no LIST-STATUS.

    What is refused, cannot be read or needs a literal is left out: asked for alone, the server says why.
    """
    by_raw = {raw: name for name in names if isinstance(string(raw := state.raw_name(name)), bytes)}
    items = status_items(state)
    commands = ((b"STATUS ", string(raw), b" ", items) for raw in list(by_raw))
    for pieces in state.wire.responses(commands, is_listing=True, in_flight=STATUS_IN_FLIGHT, goes_on=True):
        for raw, status in _statuses([read_listed(pieces)]).items():
            if raw in by_raw:
                yield by_raw.pop(raw), status


def is_there(state: SessionState, name: str) -> bool:
    """Say whether a mailbox exists and can be opened, for servers that refuse without a code."""
    answer = state.wire.run(b'LIST "" ', state.mailbox(name))
    listed = [_read_list(r, {})[1] for r in answer.untagged if isinstance(r, Data) and r.kind == "LIST"]
    # A name may hold wildcards, and then the answer names others too.
    return any(mailbox.name == name and mailbox.selectable for mailbox in listed)


def personal_prefix(state: SessionState) -> str | None:
    """Ask with what the names of the user's own mailboxes begin (RFC 2342); None where the server does not say."""
    if not (state.offers("NAMESPACE") or state.offers("IMAP4REV2")):
        return None
    answer = state.wire.wish(b"NAMESPACE")
    told = [r.values for r in answer.untagged if isinstance(r, Data) and r.kind == "NAMESPACE"] if answer else []
    match told:
        case [((((bytes() | str() | None) as prefix, *_), *_), *_), *_]:
            return decode_name(_name_octets(prefix))
        case _:
            return None


def named_mailbox(response: Data) -> str:
    """Answer the mailbox that a STATUS response is about."""
    return decode_name(_name_octets(response.values[0]))


def status_items(state: SessionState) -> bytes:
    """Name the status items that this server knows."""
    return b"(MESSAGES UIDNEXT UIDVALIDITY%s)" % (b" HIGHESTMODSEQ" if state.has_mod_seq else b"")


def _list_command(state: SessionState) -> Command:
    options = [b"SPECIAL-USE"] if state.offers("SPECIAL-USE", "LIST-EXTENDED") else []
    if state.offers("LIST-STATUS"):
        options.append(b"STATUS " + status_items(state))
    returns = b" RETURN (%s)" % b" ".join(options) if options else b""
    return (b'LIST "" "*"' + returns,)


def _is_listed(response: Data) -> bool:
    # What cannot be read may have named a mailbox, unless it begins as something else that a listing asks for.
    return response.kind in ("LIST", "XLIST") or (response.values == UNREADABLE and response.kind != "STATUS")


def _told_apart(state: SessionState, listed: dict[bytes, RemoteMailbox]) -> tuple[RemoteMailbox, ...]:
    """Give each mailbox a name of its own: of two that read alike, the one that is not written as it should be another.

    What such a mailbox is called does not hang on the order of the listing.
    """
    found: dict[str, RemoteMailbox] = {}
    crooked: list[bytes] = []
    # INBOX in any spelling is one mailbox; a name without characters is none.
    for raw, one in listed.items():
        if one.name == "INBOX" or _survives(one.name, raw):
            found.setdefault(one.name, one)
            state.raw_names.pop(one.name, None)
        elif one.name:
            crooked.append(raw)
    for raw in sorted(crooked):
        one = listed[raw]
        name = one.name if one.name not in found else f"{one.name} ({raw.hex()})"
        state.raw_names[name] = raw
        found[name] = replace(one, name=name)
    order = {one.name: place for place, one in enumerate(listed.values())}
    return tuple(sorted(found.values(), key=lambda one: order.get(one.name, len(order))))


def _read_list(response: Data, statuses: dict[bytes, RemoteStatus]) -> tuple[bytes, RemoteMailbox]:
    if response.values == UNREADABLE or len(response.values) < 3 or not isinstance(response.values[0], tuple):
        raise protocol_error("LIST without name")
    attributes = [value.lower() for value in response.values[0] if isinstance(value, str)]
    raw = _name_octets(response.values[2])
    name = decode_name(raw)
    delimiter = response.values[1]
    return raw, RemoteMailbox(
        name=name,
        delimiter=delimiter.decode("utf-8", "replace") if isinstance(delimiter, bytes) else "",
        role=role_of(attributes),
        selectable=_NOT_SELECTABLE.isdisjoint(attributes),
        status=statuses.get(raw),
    )


def _survives(name: str, raw: bytes) -> bool:
    try:
        return encode_name(name) == raw
    except InvalidError:  # nothing, or line ends: no command of ours names it so
        return False


def _statuses(untagged: Iterable[Status | Data]) -> dict[bytes, RemoteStatus]:
    found: dict[bytes, RemoteStatus] = {}
    for response in untagged:
        if isinstance(response, Data) and response.kind == "STATUS" and len(response.values) >= 2:
            with suppress(ServerError):
                found[_name_octets(response.values[0])] = _read_status(response.values[1])
    return found


def _read_status(values: Value) -> RemoteStatus:
    match values:
        case ("MESSAGES", messages, "UIDNEXT", uid_next, "UIDVALIDITY", validity, "HIGHESTMODSEQ", mod_seq):
            return RemoteStatus(number(messages), number(uid_next), number(validity), number(mod_seq))
        case tuple():
            items = pairs(values)
        case _:
            raise protocol_error("STATUS without items")
    return RemoteStatus(
        messages=number(items.get("MESSAGES")),
        uid_next=number(items.get("UIDNEXT")),
        uid_validity=number(items.get("UIDVALIDITY", "0")),  # 0: it has no lasting uids
        highest_mod_seq=number(items.get("HIGHESTMODSEQ", "0")),
    )


def _name_octets(value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    # An atom; a mailbox may be called NIL.
    return value.encode("utf-8") if isinstance(value, str) else b"NIL"
