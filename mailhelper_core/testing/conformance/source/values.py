"""The values that a mail source hands over: of the right types, and such as every database can keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args

from mailhelper_core.model.mail.keyword import normalize_keyword
from mailhelper_core.model.source.remote import MailboxRole, RemoteFlags, RemoteMailbox, RemoteMetadata, RemoteStatus
from mailhelper_core.model.source.uidset import UidSet

# What a BIGINT holds.
HIGHEST_UID = 2**63 - 1
ROLES = get_args(MailboxRole)
_SPELL = "answer normalize_keywords(...) of what the source says"


def by_uid(where: str, answers: Iterable[Any], asked: UidSet) -> dict[int, Any]:
    """Answer what a method of a session yields, by uid: each once, and of those asked for alone."""
    kind = where.rpartition(" ")[2].rstrip("()")
    found: dict[int, Any] = {}
    for one in answers:
        _CHECKS[kind](where, one)
        uid, value = (one.uid, one) if kind in ("flags", "metadata") else one
        is_uid = isinstance(uid, int) and 0 < uid <= HIGHEST_UID
        assert is_uid, f"{where} answered {uid!r} as a uid; a uid is a positive number below 2^63"
        assert uid in asked, f"{where} answered uid {uid}, which was not asked for; yield those alone that it is given"
        assert uid not in found, f"{where} answered uid {uid} twice; yield each message once"
        found[uid] = value
    return found


def check_status(where: str, status: Any) -> None:
    """Check the state of a mailbox."""
    _is(where, status, RemoteStatus)
    _is(f"{where} messages", status.messages, int)
    _is(f"{where} uid_validity", status.uid_validity, int)
    says = "say 1, if the uids of your source never change their meaning"
    assert status.uid_validity > 0, f"{where} answered the uid_validity {status.uid_validity}; {says}"
    _is(f"{where} uid_next", status.uid_next, int)


def check_listed(mailbox: Any) -> None:
    """Check one mailbox of a listing."""
    _is("mailboxes()", mailbox, RemoteMailbox)
    _is("mailboxes() name", mailbox.name, str)
    assert mailbox.name, "mailboxes() lists a mailbox without a name"
    _is(f"{mailbox.name}: its delimiter", mailbox.delimiter, str)
    roles = ", ".join(filter(None, ROLES))
    assert mailbox.role in ROLES, f"{mailbox.name} has the role {mailbox.role!r}; leave it empty, or say one of {roles}"
    if mailbox.status is not None:
        check_status(f"{mailbox.name}: mailboxes()", mailbox.status)


def check_count(where: str, value: object) -> int:
    """Answer a count that a session keeps."""
    assert isinstance(value, int), f"{where} is {value!r}; count from 0 on, or say 0 where nothing can be counted"
    return value


def _metadata(where: str, one: Any) -> None:
    _is(where, one, RemoteMetadata)
    _keywords(where, one.keywords)
    moment, says = one.received_at, "give a datetime with its zone, such as UTC, or None where nobody knows"
    assert moment is None or isinstance(moment, datetime), f"{where} answered a time that is {_a(moment)}; {says}"
    assert moment is None or moment.utcoffset() is not None, f"{where} answered a time that has no zone; {says}"
    _is(f"{where} size", one.size, int)
    assert one.size >= 0, f"{where} answered a size that is negative; count the octets of the raw message"
    _is(f"{where} header", one.header, bytes)


def _flags(where: str, one: Any) -> None:
    _is(where, one, RemoteFlags)
    _keywords(where, one.keywords)


def _octets(where: str, one: Any) -> None:
    is_pair = isinstance(one, tuple) and len(one) == 2
    assert is_pair, f"{where} answered {_a(one)}; yield pairs (uid, octets)"
    assert isinstance(one[1], bytes), f"{where} answered {_a(one[1])}; yield the octets as they are, as bytes"


def _keywords(where: str, keywords: Any) -> None:
    _is(f"{where} keywords", keywords, frozenset)
    for keyword in keywords:
        _is(f"{where} keywords", keyword, str)
        wanted = normalize_keyword(keyword)
        assert wanted is not None, f"{where} answered {keyword[:100]!r}, which is no keyword; {_SPELL}"
        assert keyword == wanted, f"{where} spells {keyword}; write {wanted}, or {_SPELL}"


def _is(where: str, value: object, kind: type) -> None:
    assert isinstance(value, kind), f"{where} answered {_a(value)}; give {_an(kind)}"


def _a(value: object) -> str:
    return "None" if value is None else _an(type(value))


def _an(kind: type) -> str:
    return f"{'an' if kind.__name__[0] in 'aeiouAEIOU' else 'a'} {kind.__name__}"


_CHECKS: Mapping[str, Callable[[str, Any], None]] = MappingProxyType(
    {"metadata": _metadata, "flags": _flags, "bodies": _octets, "headers": _octets}
)
