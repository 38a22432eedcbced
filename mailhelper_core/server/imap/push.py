"""Waiting for news without blocking: NOTIFY (RFC 5465) for all mailboxes, or IDLE (RFC 2177) on INBOX."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Iterator
from time import monotonic

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap.command import INBOX
from mailhelper_core.server.imap.failure import refusal
from mailhelper_core.server.imap.listing import named_mailbox
from mailhelper_core.server.imap.pieces import LITERAL
from mailhelper_core.server.imap.response import Status, protocol_error, read_status, read_untagged
from mailhelper_core.server.imap.select import open_mailbox
from mailhelper_core.server.imap.state import SessionState
from mailhelper_core.server.imap.stream import MAX_LINE_BYTES, Stream
from mailhelper_core.server.imap.wire import SPARE_BYTES, SPARE_LINES, Answer

# RFC 2177 wants IDLE again every 29 minutes, since servers may log out after 30.
RENEW_SECONDS = 29 * 60.0
# How long the answer to a renewal may take; a connection that the network forgot gives none.
ANSWER_SECONDS = 60.0
# Some servers end an IDLE by themselves after some minutes, with OK: the next is sent. One that ends so many in a row
# so soon has no news by IDLE: each would be a round trip, and polls cost less.
SOON_SECONDS = 30.0
MAX_SOON_ENDED = 3
# Probes of an idle connection: after a minute, then every 15 s; five without answer end it within 2.5 minutes.
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 5))
# A mailbox name is all that comes as a literal here.
_MAX_LITERAL_BYTES = 65_536
# INBOX is the selected one: Dovecot sees what is delivered past it into a Maildir only where it has it open.
_EVENTS = b"(MessageNew MessageExpunge FlagChange)"
_NOTIFY = b"NOTIFY SET (selected %s) (personal %s)" % (_EVENTS, _EVENTS)
# Where all news are too many.
_NOTIFY_INBOX = b"NOTIFY SET (selected %s)" % _EVENTS
# RFC 5465 5.8: from here on nothing would come.
_OVERFLOW = "NOTIFICATIONOVERFLOW"
# Where even those of one mailbox are too many: polls find them, and a quieter hour may come.
OVERFLOW_SECONDS = 3600.0
_NEWS = frozenset({"EXISTS", "EXPUNGE", "VANISHED", "FETCH"})


def begin(state: SessionState) -> ImapPusher | None:
    """Turn a session into a pusher; None where the server offers neither way. Raises ServerError."""
    if not (state.offers("NOTIFY") or state.offers("IDLE")):
        return None
    open_mailbox(state, INBOX, resume=None, writable=False)
    if state.offers("NOTIFY") and (told := _notify(state)):
        pusher = ImapPusher(state.wire.hand_over(), idles=False)
        if any(isinstance(one, Status) and one.code == _OVERFLOW for one in told.untagged):
            pusher.narrow()
        return pusher
    if not state.offers("IDLE"):
        return None
    pusher = ImapPusher(state.wire.hand_over(), idles=True)
    pusher.start()
    return pusher


class ImapPusher:
    """A Pusher on one IMAP connection with INBOX open; `idles`: with IDLE, else NOTIFY is on.

    A server that has too much to tell of all mailboxes is asked for INBOX alone, on the same connection.
    """

    def __init__(self, stream: Stream, *, idles: bool, clock: Callable[[], float] = monotonic) -> None:
        self._stream = stream
        self._idles = idles
        self._is_narrow = idles
        self._clock = clock
        self._turn = 0
        self._tags: list[bytes] = []
        self._waits = False
        self._began = clock()
        self._soon_ended = 0
        self._lines = self._octets = 0
        self._due = clock() + RENEW_SECONDS
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):  # not on every system
                stream.socket.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    @property
    def mailboxes(self) -> frozenset[str] | None:
        """The mailboxes whose news come; None for all of them."""
        return frozenset({INBOX}) if self._is_narrow else None

    @property
    def seconds_left(self) -> float:
        """How long until `renew` must be called."""
        return self._due - self._clock()

    def fileno(self) -> int:
        """Answer the descriptor to wait on; -1 when closed."""
        return -1 if self._stream.closed else self._stream.socket.fileno()

    def start(self) -> None:
        """Begin to wait: the first IDLE."""
        self._ask(b"IDLE")

    def narrow(self) -> None:
        """Ask for the news of INBOX alone; raises ServerError when those were too many already."""
        if self._is_narrow:
            raise ServerError(
                "the mail server stopped to tell news", code="notify_overflow", retry_after=OVERFLOW_SECONDS
            )
        self._is_narrow = True
        self._ask(_NOTIFY_INBOX)

    def read(self) -> frozenset[str]:
        """Answer the names of mailboxes that changed; raises ServerError when the connection is over."""
        changed: set[str] = set()
        came_all = False
        try:
            while not came_all:
                came_all = self._poll(changed)
        except ServerError:
            self._stream.close()
            raise
        return frozenset(changed)

    def renew(self) -> None:
        """Ask to go on; raises ServerError when the answer to the last time is overdue."""
        if self._waits:
            if self.seconds_left <= 0:
                self._stream.fail("timeout", "the mail server did not answer in time")
            return
        if self._idles:
            self._ask(b"IDLE", before=b"DONE\r\n")
        else:
            self._ask(b"NOOP")

    def wait(self, timeout: float) -> frozenset[str]:
        """Wait for news at most so many seconds."""
        until = self._clock() + timeout
        changed = self.read()
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            while not changed and (left := until - self._clock()) > 0:
                if self.seconds_left <= 0:
                    self.renew()
                selector.select(max(0.0, min(left, self.seconds_left)))
                changed = self.read()
        return changed

    def close(self) -> None:
        """Say LOGOUT without waiting for the answer, and close; never raises."""
        try:
            if not self._stream.closed:
                self._stream.send(b"DONE\r\n" if self._idles else b"P0 LOGOUT\r\n")
        except ServerError:
            pass  # closing is all that is wanted
        self._stream.close()

    def _poll(self, changed: set[str]) -> bool:
        lost: ServerError | None = None
        came_all = True
        try:
            came_all = self._stream.poll()
        except ServerError as exc:
            lost = exc
        for pieces in self._responses():  # of a lost connection too: its last word is often BYE, with the reason
            changed |= self._take(pieces)
        if lost is not None:
            raise lost
        if self._idles and not self._tags:
            self._ask(b"IDLE")
        return came_all

    def _ask(self, command: bytes, *, before: bytes = b"") -> None:
        self._turn += 1
        tag = b"P%d" % self._turn
        self._tags.append(tag)
        self._waits = True
        self._lines = self._octets = 0
        self._due = self._clock() + ANSWER_SECONDS
        self._stream.send(b"%b%b %b\r\n" % (before, tag, command))

    def _answered(self) -> None:
        self._waits = False
        self._began = self._clock()
        self._due = self._clock() + RENEW_SECONDS

    def _may_ask_again(self) -> bool:
        """Say whether an IDLE that the server ended is sent again: it had begun, and this is no loop."""
        is_soon = self._clock() - self._began < SOON_SECONDS
        self._soon_ended = self._soon_ended + 1 if is_soon else 0
        return not self._waits and self._soon_ended < MAX_SOON_ENDED

    def _responses(self) -> Iterator[list[bytes]]:
        data = self._stream.peek()
        at = 0
        while (cut := cut_response(data, at)) is not None:
            pieces, at = cut
            self._lines += 1
            self._octets += sum(map(len, pieces))
            if self._lines > SPARE_LINES or self._octets > SPARE_BYTES:
                raise ServerError("the mail server sends news without end", code="too_much")
            yield pieces
        self._stream.skip(at)
        if len(data) - at > MAX_LINE_BYTES:
            raise ServerError("the mail server sent a line that is too long", code="line_too_long")

    def _take(self, pieces: list[bytes]) -> set[str]:
        line = pieces[0]
        if line[:1] == b"+" and self._idles:
            self._answered()
            return set()
        if line[:2] == b"* ":
            return self._news(pieces)
        tag, _, rest = line.partition(b" ")
        if tag == b"DONE" and self._idles:  # our DONE met an IDLE that had just ended
            return set()
        if not self._tags or tag != self._tags.pop(0):
            raise protocol_error("an answer to no command of ours")
        status = read_status(rest)
        # An IDLE ends by our DONE, before the next; one that ends by itself is refused, cut off, or to be sent again.
        if status.name != "OK" or (self._idles and not self._tags and not self._may_ask_again()):
            raise refusal(status)
        if not self._idles:
            self._answered()
        return set()

    def _news(self, pieces: list[bytes]) -> set[str]:
        response = read_untagged(pieces)
        if isinstance(response, Status):
            if response.name == "BYE":
                raise refusal(response)
            if response.code != _OVERFLOW:
                return set()
            self.narrow()
            return {INBOX}  # what was not told is found by the sync that this begins
        if response.kind == "STATUS" and response.values:
            return {named_mailbox(response)}
        return {INBOX} if response.kind in _NEWS else set()


def cut_response(data: bytes, start: int) -> tuple[list[bytes], int] | None:
    """Cut one whole response out of octets, with its literals; answer its pieces and where it ends. Pure."""
    pieces: list[bytes] = []
    at = start
    while (end := data.find(b"\n", at) + 1) > 0:
        line = data[at:end]
        pieces.append(line)
        match = LITERAL.fullmatch(line, max(0, line.rfind(b"{") - 2)) if line.endswith((b"}\r\n", b"}\n")) else None
        if match is None:
            return pieces, end
        size = int(match[1])
        if size > _MAX_LITERAL_BYTES:
            raise ServerError("the mail server sends more than news may hold", code="too_much")
        pieces.append(data[end : end + size])
        at = end + size
    return None


def _notify(state: SessionState) -> Answer | None:
    # Without the right to one of these events, the server says NO [BADEVENT]; others do not know the command.
    told = state.wire.wish(_NOTIFY)
    if told is None:
        state.refused |= {"NOTIFY"}
    return told
