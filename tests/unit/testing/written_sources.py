"""Mail sources that can be written and break their contract in one deed: a good one in memory, and the faults."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from mailhelper_core import LocalMessage, ServerError, SourceType
from mailhelper_core.model.source.remote import Placed, RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from tests.unit.testing.broken_sources import RAWS, Good, Shelf, hangs, source

uids_after = itertools.count(100)


@dataclass
class Box(Shelf):
    """A mailbox that can be written."""

    keywords: dict[int, frozenset[str]] = field(default_factory=dict)

    def messages(self) -> Mapping[int, LocalMessage]:
        return {uid: LocalMessage(uid, str(uid), self.keywords.get(uid, frozenset())) for uid in self.mails}

    def add(self, raw: bytes, keywords: frozenset[str]) -> int:
        uid = next(uids_after)
        self.mails[uid], self.keywords[uid] = raw, keywords
        return uid


class Writing(Good):
    """A session that keeps its contract; what it writes is there for all sessions of its source."""

    boxes: ClassVar[dict[str, Box]]

    def shelved(self) -> Any:
        return self.boxes

    @property
    def info(self) -> Any:
        return replace(super().info, read_only=False)

    def open(self, name: str, **more: Any) -> Any:
        return replace(super().open(name, **more), read_only=False, permanent_keywords=None)

    def store(self, uids: Any, *, add: Any = frozenset(), remove: Any = frozenset(), unchanged_since: int = 0) -> Any:
        for uid in self.uids() & uids:
            self.box.keywords[uid] = (self.box.keywords.get(uid, frozenset()) | add) - remove
        self.refresh()
        return [RemoteFlags(uid, self.box.keywords[uid]) for uid in self.uids() & uids]

    def copy(self, uids: Any, mailbox: str) -> Placed:
        target = self.found(mailbox)
        pairs = [(u, target.add(self.box.mails[u], self.box.keywords.get(u, frozenset()))) for u in self.uids() & uids]
        return Placed(1, tuple(pairs))

    def move(self, uids: Any, mailbox: str) -> Placed:
        placed = Writing.copy(self, uids, mailbox)
        Writing.expunge(self, uids)
        return placed

    def expunge(self, uids: Any) -> None:
        for uid in self.uids() & uids:
            del self.box.mails[uid]
        self.refresh()

    def append(self, mailbox: str, raw: bytes, *, keywords: Any = frozenset(), received_at: Any = None) -> Placed:
        return Placed(1, ((0, self.found(mailbox).add(raw, keywords)),))

    def create(self, mailbox: str) -> None:
        self.boxes.setdefault(mailbox, Box({}))

    @property
    def box(self) -> Box:
        assert isinstance(self._opened, Box)
        return self._opened

    def found(self, name: str) -> Box:
        if name not in self.boxes:
            raise ServerError("there is no such mailbox", code="no_mailbox", transient=False)
        return self.boxes[name]

    def refresh(self) -> None:
        self._messages = self.box.messages()


def written(**members: Any) -> SourceType:
    """Answer a source of such sessions, some of whose members are others."""
    boxes = {"INBOX": Box(dict(enumerate(RAWS[:3], start=1))), "Other": Box({7: RAWS[3]})}
    return source(type("Bad", (Writing,), {"boxes": boxes, **members}))


def does(method: str, otherwise: Callable[..., Any]) -> SourceType:
    """Answer a source of which one deed does something else with what it is given."""
    return written(**{method: otherwise})


def everything(deed: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, uids, *more, **named: deed(self, self.uids(), *more, **named)


def silently(deed: Callable[..., Any], answer: Any) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        deed(*args, **named)
        return answer

    return call


def losing_move(self: Writing, uids: UidSet, mailbox: str) -> Placed:
    lost = [(self.box.mails[uid], self.box.keywords.get(uid, frozenset())) for uid in self.uids() & uids]
    Writing.expunge(self, uids)
    target = self.found(mailbox)
    return Placed(1, tuple((uid, target.add(*one)) for uid, one in zip(uids, lost, strict=True)))


def forgetful_copy(self: Writing, uids: UidSet, mailbox: str) -> Placed:
    target = self.found(mailbox)
    return Placed(1, tuple((uid, target.add(self.box.mails[uid], frozenset())) for uid in uids))


def signed(self: Writing, mailbox: str, raw: bytes, **more: Any) -> Placed:
    return Writing.append(self, mailbox, raw + b"-- \r\nsent by us\r\n", **more)


def unread(self: Writing, mailbox: str, raw: bytes, **more: Any) -> Placed:
    return Writing.append(self, mailbox, raw)


def to_nowhere(self: Writing, uids: UidSet, mailbox: str) -> Placed:
    self.boxes[mailbox]  # a KeyError
    return Writing.copy(self, uids, mailbox)


def exist(self: Writing, mailbox: str) -> None:
    if mailbox in self.boxes:
        raise FileExistsError(mailbox)
    Writing.create(self, mailbox)


def twice(self: Writing, uids: UidSet, mailbox: str) -> Placed:
    Writing.copy(self, uids, mailbox)
    return Writing.copy(self, uids, mailbox)


WRITTEN: tuple[tuple[str, SourceType], ...] = (
    ("create.*mailboxes.. does not list it", does("create", lambda self, name: None)),
    ("create.. of a mailbox that is there raised FileExistsError; that is no error", does("create", exist)),
    ("append.*keep its octets", does("append", signed)),
    ("append.. lost the keyword", does("append", unread)),
    ("append.. answered Placed.*where the pairs are", does("append", silently(Writing.append, Placed(1, ((0, 1),))))),
    ("append.. answered a NoneType; answer Placed", does("append", silently(Writing.append, None))),
    ("answers read_only, where info does not", does("open", Good.open)),
    ("store.*has .*afterwards, and not", does("store", lambda self, uids, **more: ())),
    ("store.. changed uid .* which it was not given", does("store", everything(Writing.store))),
    ("store.. answered other keywords", does("store", silently(Writing.store, [RemoteFlags(1, frozenset())]))),
    ("store.. answered a int", does("store", silently(Writing.store, [1]))),
    ("copy.. changed the mailbox", does("copy", losing_move)),
    ("copy.. says not where it went, and uid_next is 0", does("copy", silently(Writing.copy, Placed()))),
    ("copy.*other keywords there; take them along", does("copy", forgetful_copy)),
    ("copy.*is there 2 times", does("copy", twice)),
    ("copy.. into a mailbox that is not there raised KeyError, not ServerError", does("copy", to_nowhere)),
    ("move.. must take what was moved away", does("move", Writing.copy)),
    ("move.. must take what was moved away", does("move", everything(Writing.move))),
    ("move.. into a mailbox that is not there lost messages", does("move", losing_move)),
    ("expunge.. must remove what it was given", does("expunge", lambda self, uids: None)),
    ("expunge.. must remove what it was given, and nothing else", does("expunge", everything(Writing.expunge))),
)
HANGING: tuple[tuple[str, SourceType], ...] = (
    ("check-.*: store..", does("store", hangs)),
    ("check-.*: move..", does("move", hangs)),
)
