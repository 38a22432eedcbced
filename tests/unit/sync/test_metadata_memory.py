"""However long the fields of messages are, thousands of them wait for their bodies in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from typing import TypeVar, cast

from mailhelper_core.mime.header import MAX_HEADER_BYTES
from mailhelper_core.mime.identity import header_fields, match_key
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.server.imap.fetch import METADATA_BYTES
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire
from mailhelper_core.sync.incoming import KEPT_HEADER, belongs, read_metadata
from mailhelper_core.sync.metadata import read_arrivals
from mailhelper_core.sync.pace import Pace
from mailhelper_core.sync.run import SyncRun
from tests.unit.sync.world import START

T = TypeVar("T")
MEGABYTE = 1_000_000


class _Session:
    """A source whose messages have a subject of 200 KB each."""

    def metadata(self, uids: UidSet) -> Iterator[RemoteMetadata]:
        for uid in uids:
            header = b"Subject: %d %s\r\nMessage-ID: <%d@x>\r\n\r\n" % (uid, b"x" * 200_000, uid)
            yield RemoteMetadata(uid, frozenset(), START, 9, header)


class _Run:
    """As much of a sync as reading metadata needs."""

    session = _Session()
    pace = Pace()

    def may_leave(self) -> bool:
        return False

    def beating(self, stream: Iterator[RemoteMetadata]) -> Iterator[RemoteMetadata]:
        return stream


class _Socket:
    """Answers a FETCH with two messages; the fields of the first have so many octets."""

    def __init__(self, size: int) -> None:
        whole, rest = divmod(size - len(b"Subject: "), 65_536)
        self._parts = [
            b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9 BODY[HEADER] {%d}\r\nSubject: " % size,
            *[b"x" * 65_536] * whole,
            b"x" * rest + b")\r\n",
            b"* 2 FETCH (UID 2 FLAGS () RFC822.SIZE 9 BODY[HEADER] {4}\r\n\r\n\r\n)\r\nM1 OK x\r\n",
        ]

    def settimeout(self, timeout: float) -> None:
        pass

    def sendall(self, data: bytes) -> None:
        pass

    def recv(self, size: int) -> bytes:
        part = self._parts.pop(0)
        if len(part) > size:
            self._parts.insert(0, part[size:])
        return part[:size]

    def close(self) -> None:
        pass


def peak_of(work: Callable[[], T]) -> tuple[T, int]:
    """Answer what comes out, and how many octets were in use at most meanwhile."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_long_fields_of_many_messages_are_not_kept() -> None:
    run, held = cast("SyncRun", _Run()), HeldMailbox(1, 1, "INBOX")

    found, peak = peak_of(lambda: read_arrivals(run, held, UidSet(((1, 400),))))

    assert len(found) == 400
    assert len({one.match_key for one in found.values()}) == 400
    assert peak < 6 * MEGABYTE  # their fields are 80 MB


def test_of_the_fields_of_one_message_only_so_much_is_kept_as_is_ever_read() -> None:
    wire = Wire(Stream(_Socket(40 * MEGABYTE), timeout=9.0), frozenset(), pipelines=False)  # type: ignore[arg-type]
    session = ImapSession(wire, frozenset())

    found, peak = peak_of(lambda: list(session.metadata(UidSet(((1, 2),)))))

    assert [(one.uid, len(one.header)) for one in found] == [(1, METADATA_BYTES), (2, 4)]
    assert METADATA_BYTES >= MAX_HEADER_BYTES
    assert peak < 6 * MEGABYTE


def test_the_key_is_that_of_the_whole_fields_and_a_shortened_header_still_names_the_message() -> None:
    long = b"s" * 50_000
    header = b"Subject: %s\r\nFrom: Ada <ada@example.org>\r\nMessage-ID: <a@x>\r\n\r\n" % long
    arrival = read_metadata(RemoteMetadata(1, frozenset(), START, 9, header))

    kept = arrival.metadata.header
    assert arrival.match_key == match_key(header_fields(header), START)
    assert len(kept) <= KEPT_HEADER + 60
    assert header_fields(kept)[0::2] == (b"<a@x>", b"Ada <ada@example.org>")
    assert header_fields(kept)[3] == long[: KEPT_HEADER // 4]


def test_a_message_id_too_long_to_keep_leaves_the_size_to_decide_whose_a_body_is() -> None:
    header = b"Message-ID: <%s@x>\r\n\r\n" % (b"m" * 50_000)
    arrival = read_metadata(RemoteMetadata(1, frozenset(), START, len(header) + 6, header))

    assert arrival.has_message_id
    assert belongs(arrival, header + b"Text\r\n")
    assert not belongs(arrival, header)
