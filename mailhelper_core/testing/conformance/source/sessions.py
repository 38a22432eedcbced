"""A session of a mail source: each mailbox is asked in every way there is, and each answer held against the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Any

from mailhelper_core.model.source.remote import MailSession, RemoteMetadata, RemoteStatus, Resume
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.local import deciding_fields, header_block
from mailhelper_core.testing.conformance.source.values import by_uid, check_count, check_status

METHODS = tuple(name for name in vars(MailSession) if not name.startswith("_"))
# So many are looked for by their Message-ID: a source may have to read every header for each.
SOUGHT = 3
_PLAIN_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>\Z")

About = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Look:
    """What a session says of one mailbox."""

    name: str
    status: RemoteStatus
    uids: UidSet
    metadata: dict[int, RemoteMetadata]
    headers: dict[int, bytes]
    bodies: dict[int, bytes]


def check_methods(session: object) -> None:
    """Check that a session has all that a session must have."""
    missing = [name for name in METHODS if not hasattr(session, name)]
    advice = "write them all, or begin with a LocalSession, which has them"
    assert not missing, f"a session has no {', '.join(missing)}; {advice}"


def look_at(session: MailSession, name: str, about: About) -> Look:
    """Read a whole mailbox, and check that all that is said of it agrees."""
    about(f"{name}: open()")
    opened = session.open(name)
    check_status(f"{name}: open()", opened.status)
    about(f"{name}: uids()")
    uids = session.uids()
    assert isinstance(uids, UidSet), f"{name}: uids() answered a {type(uids).__name__}; write UidSet.of(numbers)"
    read_before = check_count("body_bytes", session.body_bytes)
    keywords = {uid: one.keywords for uid, one in _asked(session, name, "flags", uids, about).items()}
    look = Look(
        name,
        opened.status,
        uids,
        _asked(session, name, "metadata", uids, about),
        _asked(session, name, "headers", uids, about),
        _asked(session, name, "bodies", uids, about),
    )
    octets = sum(map(len, look.bodies.values()))
    counted = check_count("body_bytes", session.body_bytes) - read_before
    assert counted >= octets, f"{name}: body_bytes rose by {counted} where {octets} were read; add what bodies() reads"
    _agree(look)
    for uid, one in look.metadata.items():
        assert one.keywords == keywords[uid], f"{name}: metadata() and flags() answer other keywords for uid {uid}"
    after = _asked(session, name, "flags", uids, about)
    for uid, one in after.items():
        is_kept = one.keywords == keywords[uid]
        assert is_kept, f"{name}: reading uid {uid} changed its keywords; read without setting \\Seen"
    _yields_what_is_asked_for(session, look, about)
    _keeps_its_mod_seq(session, look, about)
    _finds(session, look, about)
    about(f"{name}: status()")
    _is_the_same(look, session.status(name))
    return look


def _asked(session: MailSession, name: str, method: str, uids: UidSet, about: About, **more: Any) -> dict[int, Any]:
    about(where := f"{name}: {method}()")
    found = by_uid(where, getattr(session, method)(uids, **more), uids)
    missing = UidSet() if more else uids - UidSet.of(found)
    assert not missing, f"{where} left out uid {missing.ranges[0][0]}; not every uid that uids() lists was answered"
    return found


def _agree(look: Look) -> None:
    name = look.name
    count, uid_next = look.status.messages, look.status.uid_next
    assert count == len(look.metadata), f"{name}: status counts {count} messages, uids() lists {len(look.metadata)}"
    is_above = uid_next == 0 or uid_next > look.uids.highest()
    assert is_above, f"{name}: uid_next is not above every uid; say 0 where a new message may get any uid"
    for uid, raw in look.bodies.items():
        header, found = _plain(look.headers[uid]), _plain(header_block(raw))
        assert header == found, (
            f"{name}: the header of uid {uid} is not that of its body; give all that is before the text"
        )
        one = look.metadata[uid]
        decides = "give its lines Message-ID, Date, From and Subject"
        is_its_own = deciding_fields(one.header) == deciding_fields(look.headers[uid])
        assert is_its_own, f"{name}: what metadata() says of the header of uid {uid} is not that of its body; {decides}"
        # A server may count line ends otherwise than it sends them.
        is_about = abs(one.size - len(raw)) <= raw.count(b"\n")
        assert is_about, f"{name}: the size of uid {uid} is {one.size}, its body has {len(raw)} octets; count those"


def _yields_what_is_asked_for(session: MailSession, look: Look, about: About) -> None:
    """Ask for nothing, and for one message besides one that is not there."""
    if not look.metadata:
        return
    lowest = min(look.metadata)
    absent = next(uid for uid in range(1, len(look.metadata) + 2) if uid not in look.metadata)
    for method in ("flags", "metadata", "headers", "bodies"):
        about(where := f"{look.name}: {method}()")
        by_uid(where, getattr(session, method)(UidSet()), UidSet())
        found = by_uid(where, getattr(session, method)(UidSet.of((lowest, absent))), UidSet.of((lowest,)))
        assert list(found) == [lowest], f"{where} left out uid {lowest} when asked for it beside one that is not there"
        if method == "bodies":
            assert found[lowest] == look.bodies[lowest], (
                f"{where} answered other octets of uid {lowest} when asked again"
            )


def _keeps_its_mod_seq(session: MailSession, look: Look, about: About) -> None:
    if not session.info.has_mod_seq:
        return
    name, highest = look.name, look.status.highest_mod_seq
    assert highest > 0, f"{name}: info says has_mod_seq, and the status has no highest_mod_seq"
    numbers = [one.mod_seq for one in look.metadata.values()]
    advice = "yield what changed since it alone, or let has_mod_seq be False"
    assert all(0 < one <= highest for one in numbers), f"{name}: a mod_seq is not from 1 to highest_mod_seq"
    later = _asked(session, name, "flags", look.uids, about, changed_since=highest)
    assert not later, f"{name}: flags() ignores changed_since; {advice}"
    if session.info.has_resync:
        about(f"{name}: open(resume=)")
        delta = session.open(name, resume=Resume(look.status.uid_validity, highest, look.uids)).delta
        assert delta is not None, f"{name}: info says has_resync, and open(resume=) answers no delta"
        assert not delta.vanished, f"{name}: open(resume=) says that messages vanished which are there"


def _finds(session: MailSession, look: Look, about: About) -> None:
    sought = 0
    for uid, header in look.headers.items():
        wanted = str(BytesHeaderParser().parsebytes(header)["message-id"] or "").strip()
        if sought == SOUGHT or not _PLAIN_ID.match(wanted):
            continue
        sought += 1
        about(where := f"{look.name}: find_message_id()")
        for asked in (wanted, wanted.strip("<>")):
            found = session.find_message_id(asked)
            assert isinstance(found, UidSet), f"{where} answered a {type(found).__name__}, not a UidSet"
            assert uid in found, f"{where} does not find uid {uid} by its Message-ID, with < and > or without"


def _is_the_same(look: Look, again: Any) -> None:
    where = f"{look.name}: status()"
    check_status(where, again)
    said, before = (again.messages, again.uid_validity), (look.status.messages, look.status.uid_validity)
    assert said == before, f"{where} answers messages and uid_validity {said}, open() {before}"


def _plain(octets: bytes) -> bytes:
    return octets.replace(b"\r\n", b"\n").rstrip(b"\n")
