"""LIST and STATUS: which mailboxes there are, and their state (RFC 9051 6.3.9-6.3.11)."""

from __future__ import annotations

from collections.abc import Iterable

from mailhelper_core.model.source.remote import RemoteMailbox, RemoteStatus
from mailhelper_core.server.imap.command import Command, decode_name, encode_name
from mailhelper_core.server.imap.response import Data, Status, Value, number, pairs, protocol_error
from mailhelper_core.server.imap.state import SessionState
from mailhelper_core.server.roles import role_of, with_named_roles

_NOT_SELECTABLE = frozenset({"\\noselect", "\\nonexistent"})


def list_mailboxes(state: SessionState) -> tuple[RemoteMailbox, ...]:
    """List all mailboxes in one command, with status where LIST-STATUS is offered (RFC 5819)."""
    answer = state.wire.run(*_list_command(state), is_listing=True)
    statuses = _statuses(answer.untagged)
    found: dict[str, RemoteMailbox] = {}
    for response in answer.untagged:
        if isinstance(response, Data) and response.kind in ("LIST", "XLIST"):
            mailbox = _read_list(state, response, statuses)
            found.setdefault(mailbox.name, mailbox)
    found.pop("", None)
    return with_named_roles(tuple(found.values()))


def mailbox_status(state: SessionState, name: str) -> RemoteStatus:
    """Ask for the status of one mailbox."""
    answer = state.wire.run(b"STATUS ", state.mailbox(name), b" ", status_items(state))
    status = next(iter(_statuses(answer.untagged).values()), None)
    if status is None:
        raise protocol_error("no STATUS response")
    return status


def is_there(state: SessionState, name: str) -> bool:
    """Say whether a mailbox exists and can be opened, for servers that refuse without a code."""
    answer = state.wire.run(b'LIST "" ', state.mailbox(name))
    listed = [_read_list(state, r, {}) for r in answer.untagged if isinstance(r, Data) and r.kind == "LIST"]
    # A name may hold wildcards, and then the answer names others too.
    return any(mailbox.name == name and mailbox.selectable for mailbox in listed)


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


def _read_list(state: SessionState, response: Data, statuses: dict[bytes, RemoteStatus]) -> RemoteMailbox:
    if len(response.values) < 3 or not isinstance(response.values[0], tuple):
        raise protocol_error("LIST without name")
    attributes = [value for value in response.values[0] if isinstance(value, str)]
    raw = _name_octets(response.values[2])
    name = decode_name(raw)
    if name.upper() != "INBOX" and not _survives(name, raw):
        state.raw_names[name] = raw
    delimiter = response.values[1]
    return RemoteMailbox(
        name=name,
        delimiter=delimiter.decode("utf-8", "replace") if isinstance(delimiter, bytes) else "",
        role=role_of(attributes),
        selectable=_NOT_SELECTABLE.isdisjoint(attribute.lower() for attribute in attributes),
        status=statuses.get(raw),
    )


def _survives(name: str, raw: bytes) -> bool:
    return bool(name) and encode_name(name) == raw


def _statuses(untagged: Iterable[Status | Data]) -> dict[bytes, RemoteStatus]:
    return {
        _name_octets(response.values[0]): _read_status(response.values[1])
        for response in untagged
        if isinstance(response, Data) and response.kind == "STATUS" and len(response.values) >= 2
    }


def _read_status(values: Value) -> RemoteStatus:
    if not isinstance(values, tuple):
        raise protocol_error("STATUS without items")
    items = pairs(values)
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
