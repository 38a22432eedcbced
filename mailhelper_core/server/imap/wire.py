"""Commands out, responses in: tags, literals both ways, budgets, and counts. Knows no command's meaning."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.server.imap.command import Command, Literal, name_of
from mailhelper_core.server.imap.failure import farewell, refusal
from mailhelper_core.server.imap.pieces import MAX_LITERAL_BYTES, read_pieces
from mailhelper_core.server.imap.response import Data, Status, read_listed, read_status, read_uids, read_untagged
from mailhelper_core.server.imap.stream import SLOWEST_BYTES_PER_SECOND, Stream

# Untagged lines of one command beyond those asked for: 10,000 mailboxes with their status.
SPARE_LINES = 20_000
# Their octets: ten times what 10,000 mailboxes with their status take.
SPARE_BYTES = 16_000_000
# A line about one message: its flags.
LINE_BYTES = 256
# A mailbox may answer for each of its messages; what it says of their number is believed up to here.
BELIEVED_MESSAGES = 1_000_000
# Two hide the round trip (20 ms each way, 500 uids a command: 1.5 s becomes 0.84 s for 10,000 mails).
COMMANDS_IN_FLIGHT = 2
# The pace at which octets that nobody asked for buy a server time: a long listing may come on a slow line, but
# chatter must not hold a worker for hours. Mail buys it at the Stream's own pace, for nobody knows how large it is.
SPARE_BYTES_PER_SECOND = 16 * SLOWEST_BYTES_PER_SECOND
# RFC 7888 5: LITERAL- takes this much without asking.
SMALL_LITERAL_BYTES = 4_096

# What a server may tell of messages at any time; the wire keeps count, and who asked for something else needs none.
_NEWS = re.compile(rb"\* (?:\d{1,19} (?:FETCH|EXISTS|EXPUNGE|RECENT)|VANISHED)\b", re.IGNORECASE)
# What a listing asks for, one line or two a mailbox: a server that must open each works long for it.
_LISTED = re.compile(rb"\* (?:X?LIST|STATUS) ", re.IGNORECASE)
_NOTICED = re.compile(
    rb"\* (?:(?P<bye>BYE)\b|(?P<exists>\d{1,19}) EXISTS\b|\d{1,19} EXPUNGE\b|VANISHED (?P<gone>[\d,:]+))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command brought: untagged responses, and the tagged OK."""

    untagged: tuple[Status | Data, ...]
    status: Status


class Wire:
    """One connection after login, and the size of the open mailbox as its server tells it.

    exists is the number of messages, expunged counts those that went since the connection began.
    """

    def __init__(self, stream: Stream, capabilities: frozenset[str], *, pipelines: bool = True) -> None:
        self.commands = 0
        self.exists = 0
        self.expunged = 0
        self.last_status = Status("OK")
        self._stream = stream
        self._in_flight: dict[bytes, bytes] = {}  # tag -> command, `UID STORE`
        self._pipelines = pipelines
        self._turn = self._asked = self._size = 0
        self._keep = MAX_LITERAL_BYTES
        self._is_listing = False
        self._lines = self._fetched = self._spare = 0
        self._most_lines, self._most_spare = SPARE_LINES, SPARE_BYTES
        self._literals_any_size = "LITERAL+" in capabilities
        self._literals_small = bool(capabilities & {"LITERAL-", "IMAP4REV2"})
        self._early: deque[list[bytes]] = deque()
        self._handed_over = False

    @property
    def closed(self) -> bool:
        """Say whether the connection has ended."""
        return self._stream.closed

    def run(self, *command: bytes | Literal, is_listing: bool = False) -> Answer:
        """Send a command and read its whole answer without news of messages; raises what the refusal means.

        A line that cannot be read ends it, but for a listing: there it is one mailbox of many.
        """
        responses = self.responses([command], is_listing=is_listing)
        answer = (pieces for pieces in responses if not _NEWS.match(pieces[0]))
        # In memory at once, so no mailbox, however large it says it is, makes this more.
        untagged = tuple(map(read_listed if is_listing else read_untagged, islice(answer, SPARE_LINES)))
        if self._in_flight:
            self._fail_too_much()
        return Answer(untagged, self.last_status)

    def wish(self, *command: bytes | Literal) -> Answer | None:
        """Run a command that one can do without: None where the server refuses it, for whatever reason it gives.

        A reason that is about all commands, such as throttling, comes with the next one too. Raises what is no refusal.
        """
        self.last_status = Status("OK")
        try:
            return self.run(*command)
        except ServerError:
            if self.last_status.name == "OK":
                raise
            return None

    def responses(
        self,
        commands: Iterable[Command],
        *,
        lines: int = 0,
        size: int = LINE_BYTES,
        keep: int = MAX_LITERAL_BYTES,
        forgive: frozenset[str] = frozenset(),
        is_listing: bool = False,
        in_flight: int = COMMANDS_IN_FLIGHT,
        goes_on: bool = False,
    ) -> Iterator[list[bytes]]:
        """Send commands, `in_flight` at once, and yield each untagged response in pieces as it comes.

        `lines` is how many FETCH responses were asked for, `size` what each may hold, `keep` how much of a literal is
        kept, the rest being read and dropped; `is_listing` says that mailboxes were asked for. All that comes beyond is
        bounded, in octets and time. Refusals with a code of `forgive` count as OK, with `goes_on` all that leave the
        connection usable; others are raised when their command ends. When a generator is left half-way, the rest of its
        answer is read and dropped before the next command.
        """
        self._settle()
        self._turn += 1
        turn = self._turn
        self._asked, self._size, self._keep, self._is_listing = lines, size, keep, is_listing
        self._lines = self._fetched = self._spare = 0
        self._expect_lines()
        waiting = iter(commands)
        self._send_next(waiting, in_flight if self._pipelines else 1)
        while self._in_flight:
            pieces = self._next()
            if pieces[0][:2] == b"* ":
                # Nearly all are FETCH responses, and nothing in them concerns us.
                if b" FETCH " not in pieces[0][:32]:
                    self._notice(pieces)
                yield pieces
                if turn != self._turn:
                    raise ServerError("this answer was left for another command", code="abandoned")
            else:
                self._finish(pieces, forgive, goes_on=goes_on)
                self._send_next(waiting, 1)

    def compress(self) -> None:
        """Go on compressed: the server has agreed."""
        self._stream.compress()

    def hand_over(self) -> Stream:
        """Answer the stream for somebody else to go on with; from here on commands raise ServerError."""
        self._settle()
        self._handed_over = True
        return self._stream

    def close(self) -> None:
        """Say LOGOUT without waiting for the answer, and close; never raises."""
        if self._handed_over:
            return
        try:
            if not self._stream.closed and not self._in_flight:
                self._stream.send(b"M%d LOGOUT\r\n" % (self.commands + 1))
        except ServerError:
            pass  # closing is all that is wanted
        self._stream.close()

    def _send_next(self, commands: Iterator[Command], count: int) -> None:
        for command in islice(commands, count):
            self._send(command)

    def _send(self, command: Command) -> None:
        self.commands += 1
        tag = b"M%d" % self.commands
        self._stream.expect()
        self._in_flight[tag] = name_of(command)
        line = tag + b" "
        for part in command:
            if isinstance(part, bytes):
                line += part
                continue
            size = len(part.data)
            if self._literals_any_size or (self._literals_small and size <= SMALL_LITERAL_BYTES):
                self._stream.send(line + b"{%d+}\r\n" % size)
            else:
                self._stream.send(line + b"{%d}\r\n" % size)
                if not self._go_ahead():
                    return
            self._stream.send(part.data)
            line = b""
        self._stream.send(line + b"\r\n")

    def _go_ahead(self) -> bool:
        while True:
            pieces = self._read()
            if pieces[0][:1] == b"+":
                return True
            if pieces[0][:5].upper() == b"* BYE":
                self._notice(pieces)  # now: nothing follows by which its reason would be read
            self._early.append(pieces)
            if pieces[0][:2] != b"* ":
                return False

    def _next(self) -> list[bytes]:
        return self._early.popleft() if self._early else self._read()

    def _read(self) -> list[bytes]:
        before = self._stream.received
        pieces = read_pieces(self._stream, at_most=max(self._size, SPARE_BYTES), keep=self._keep)
        spare = sum(map(len, pieces))
        # Twice, for a server may tell of a message and then answer; more than that is a flood.
        if b" FETCH " in pieces[0][:32] and self._fetched < 2 * self._asked:
            self._fetched += 1
            spare = max(0, spare - self._size)
        else:
            # What came was more than this response, or less: the rest was in the buffer.
            asked = min(spare, LINE_BYTES) if self._is_listing and _LISTED.match(pieces[0]) else 0
            self._stream.discount(_unpaid(self._stream.received - before) - _unpaid(asked))
        self._lines += len(pieces)
        self._spare += spare
        if self._lines > self._most_lines or self._spare > self._most_spare:
            self._fail_too_much()
        return pieces

    def _fail_too_much(self) -> NoReturn:
        self._stream.fail("too_much", "the mail server sends more than was asked for")

    def _expect_lines(self) -> None:
        messages = self._asked + min(self.exists, BELIEVED_MESSAGES)
        self._most_lines = SPARE_LINES + 4 * messages
        self._most_spare = SPARE_BYTES + LINE_BYTES * messages

    def _notice(self, pieces: list[bytes]) -> None:
        match = _NOTICED.match(pieces[0])
        if match is None:
            return
        if match["bye"]:
            self._stream.close()
            raise farewell(read_status(pieces[0][2:]))
        if match["exists"]:
            self.exists = int(match["exists"])
            self._expect_lines()
            return
        gone = len(read_uids(match["gone"].decode("ascii"))) if match["gone"] else 1
        self.expunged += gone
        self.exists = max(0, self.exists - gone)

    def _finish(self, pieces: list[bytes], forgive: frozenset[str] = frozenset(), *, goes_on: bool = False) -> None:
        tag, _, rest = pieces[0].partition(b" ")
        if tag not in self._in_flight:
            self._stream.fail("connection_lost", "the mail server answers to no command of ours")
        name = self._in_flight.pop(tag)
        self._stream.expect()
        self.last_status = read_status(rest)
        if self.last_status.name == "OK" or self.last_status.code in forgive:
            return
        error = refusal(self.last_status, name)
        if not goes_on or ends_connection(error):
            raise error

    def _settle(self) -> None:
        if self._handed_over:
            raise ServerError("this session waits for news and takes no commands", code="pushing", transient=False)
        if self._stream.closed:
            raise ServerError("the connection to the mail server is closed", code="connection_lost")
        while self._in_flight:
            pieces = self._next()
            if pieces[0][:2] == b"* ":
                self._notice(pieces)
                continue
            try:
                self._finish(pieces)
            except ServerError:
                if self._stream.closed:
                    raise


def _unpaid(octets: int) -> int:
    """Answer how many of these octets buy no time, where nobody asked for them."""
    return octets - octets * SLOWEST_BYTES_PER_SECOND // SPARE_BYTES_PER_SECOND
