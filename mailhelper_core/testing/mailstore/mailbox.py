"""A mailbox: messages by uid, the mod-sequence of every change, the log of what was expunged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from mailhelper_core.testing.mailstore.content import Content
from mailhelper_core.testing.mailstore.keywords import KeywordBook, KeywordPolicy
from mailhelper_core.testing.mailstore.message import StoredMessage

FlagChange = Callable[[frozenset[str], frozenset[str]], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What all mailboxes of a store stand on: one lock, the clock, counters, the keyword policy, who waits for news."""

    lock: threading.RLock
    clock: Callable[[], datetime]
    uid_validities: count[int]
    email_ids: count[int]
    keywords: KeywordPolicy
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener after every change, in the changing thread; answer the function that ends it."""
        with self.lock:
            self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


@dataclass(frozen=True, slots=True)
class Expunged:
    """A message that is gone: what QRESYNC answers VANISHED from (RFC 7162 section 3.2)."""

    uid: int
    mod_seq: int


class Mailbox:
    """A mailbox that tests may change while clients are connected; every method is atomic.

    `read_only` refuses changes by clients (not by tests). `keeps_mod_seqs` False makes the server answer
    NOMODSEQ.
    """

    def __init__(self, name: str, ground: Ground, *, role: str | None = None) -> None:
        self.name = name
        self.role = role
        self.read_only = False
        self.keeps_mod_seqs = True
        self.exists = True
        self.uid_validity = next(ground.uid_validities)
        self.mailbox_id = f"F{self.uid_validity}"
        self.uid_next = 1
        self.highest_mod_seq = 1
        self.lock = ground.lock
        self.keywords = KeywordBook(ground.keywords)
        self._ground = ground
        self._messages: dict[int, StoredMessage] = {}
        self._expunged: list[Expunged] = []
        self._forgotten = 0

    # Reading

    @property
    def uids(self) -> list[int]:
        """The uids present, ascending."""
        with self.lock:
            return list(self._messages)

    @property
    def messages(self) -> list[StoredMessage]:
        """The messages present, by ascending uid."""
        with self.lock:
            return list(self._messages.values())

    def get(self, uid: int) -> StoredMessage | None:
        """Answer the message with the uid, None if it is gone or never was."""
        return self._messages.get(uid)

    def changed_since(self, mod_seq: int) -> list[StoredMessage]:
        """Answer the messages that changed after the mod-sequence, by ascending uid."""
        return [message for message in self.messages if message.mod_seq > mod_seq]

    def vanished_since(self, mod_seq: int, known: Iterable[int]) -> list[int]:
        """Answer which of the known uids were expunged after the mod-sequence.

        When the log does not reach back that far, every known uid that is not present (RFC 7162 3.2.5.2).
        """
        with self.lock:
            if mod_seq < self._forgotten:
                return [uid for uid in known if uid < self.uid_next and uid not in self._messages]
            gone = {entry.uid for entry in self._expunged if entry.mod_seq > mod_seq}
        return [uid for uid in known if uid in gone]

    def may_have_vanished(self, mod_seq: int) -> Sequence[int]:
        """Answer, ascending, which uids may have been expunged after the mod-sequence: all where the log is short."""
        with self.lock:
            if mod_seq < self._forgotten:
                return range(1, self.uid_next)
            return sorted({entry.uid for entry in self._expunged if entry.mod_seq > mod_seq})

    # Changing

    def append(self, raw: bytes, *, flags: Iterable[str] = (), internal_date: datetime | None = None) -> int:
        """Add a message, byte for byte, and answer its uid."""
        with self.lock:
            content = Content(raw, f"M{next(self._ground.email_ids)}")
            date = (internal_date or self._ground.clock()).replace(microsecond=0)
            uid = self._add(content, self.keywords.keep(flags), date)
        self._tell()
        return uid

    def expunge(self, uids: Iterable[int] | None = None) -> list[int]:
        r"""Remove the messages with these uids, or all flagged `\Deleted`, for good; answer the uids removed."""
        with self.lock:
            wanted = self._deleted() if uids is None else [uid for uid in uids if uid in self._messages]
            if wanted:
                self.highest_mod_seq += 1
            for uid in wanted:
                del self._messages[uid]
                self._expunged.append(Expunged(uid, self.highest_mod_seq))
        self._tell()
        return wanted

    def set_flags(self, uids: Iterable[int], flags: Iterable[str]) -> list[StoredMessage]:
        """Replace the flags of the messages."""
        return self.change_flags(uids, flags, lambda _, given: given)

    def add_flags(self, uids: Iterable[int], flags: Iterable[str]) -> list[StoredMessage]:
        """Add flags to the messages."""
        return self.change_flags(uids, flags, frozenset.union)

    def remove_flags(self, uids: Iterable[int], flags: Iterable[str]) -> list[StoredMessage]:
        """Take flags from the messages."""
        return self.change_flags(uids, flags, frozenset.difference)

    def change_flags(self, uids: Iterable[int], flags: Iterable[str], change: FlagChange) -> list[StoredMessage]:
        """Apply the change to each message that is present and answer these; one mod-sequence for all.

        A message whose flags stay as they are keeps its mod-sequence. Raises TooManyKeywordsError.
        """
        with self.lock:
            given = self.keywords.keep(flags)
            present = [message for uid in uids if (message := self._messages.get(uid))]
            changed = [message for message in present if change(message.flags, given) != message.flags]
            if changed:
                self.highest_mod_seq += 1
            for message in changed:
                flags_now = change(message.flags, given)
                self._messages[message.uid] = replace(message, flags=flags_now, mod_seq=self.highest_mod_seq)
            answer = [self._messages[message.uid] for message in present]
        if changed:
            self._tell()
        return answer

    def copy(self, uids: Iterable[int], target: Mailbox) -> dict[int, int]:
        """Copy the messages that are present; answer {uid here: uid there}.

        All or none, as RFC 3501 6.4.7 has it. Raises TooManyKeywordsError.
        """
        with self.lock:
            messages = [message for uid in uids if (message := self._messages.get(uid))]
            kept = target.keywords.keep_all(message.flags for message in messages)
            pairs = {
                message.uid: target._add(message.content, flags, message.internal_date)
                for message, flags in zip(messages, kept, strict=True)
            }
        target._tell()
        return pairs

    def move(self, uids: Iterable[int], target: Mailbox) -> dict[int, int]:
        """Move the messages that are present; answer {uid here: uid there}."""
        with self.lock:
            pairs = self.copy(uids, target)
            self.expunge(pairs)
        return pairs

    def renumber(self) -> None:
        """Give the mailbox a new UIDVALIDITY and its messages uids from 1, as a server does after a restore."""
        with self.lock:
            messages = list(self._messages.values())
            self.uid_validity = next(self._ground.uid_validities)
            self._messages, self._expunged, self.uid_next = {}, [], 1
            for message in messages:
                self._add(message.content, message.flags, message.internal_date)
        self._tell()

    def forget_expunged(self) -> None:
        """Drop the expunge log, as servers do after a while: QRESYNC then answers with more than it must."""
        with self.lock:
            self._expunged = []
            self._forgotten = self.highest_mod_seq

    def rewind_mod_seqs(self) -> None:
        """Count mod-sequences from the start again, as a server does that lost its index."""
        with self.lock:
            self.highest_mod_seq, self._expunged, self._forgotten = 1, [], 0
            self._messages = {uid: replace(message, mod_seq=1) for uid, message in self._messages.items()}

    def retire(self) -> None:
        """Mark the mailbox as deleted: sessions that have it selected are sent away."""
        self.exists = False
        self._tell()

    def _add(self, content: Content, flags: frozenset[str], date: datetime) -> int:
        self.highest_mod_seq += 1
        uid, self.uid_next = self.uid_next, self.uid_next + 1
        self._messages[uid] = StoredMessage(uid, content, flags, date, self.highest_mod_seq)
        return uid

    def _deleted(self) -> list[int]:
        return [uid for uid, message in self._messages.items() if "\\Deleted" in message.flags]

    def _tell(self) -> None:
        with self.lock:
            listeners = list(self._ground.listeners)
        for listener in listeners:
            listener()
