"""Mail sources that break their contract in one thing: a good one in memory, and what each fault does otherwise."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mailhelper_core import Endpoint, LocalMessage, LocalSession, LoginError, ServerError, SourceType

URL, AWAY = "bad://here/", "bad://away/"
PASSWORD, WRONG = "secret", "wrong"
RAWS = (
    b"From: bob@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: One\r\n\r\nText\r\n",
    b"From: eve@example.org\r\nSubject: a long\r\n subject\r\nMessage-ID: <2@example.org>\r\n\r\nLine\r\n\r\nLine\r\n",
    b"Subject: \xc3\xa4\r\nMessage-ID: <3@example.org>\r\nDate: Sun, 01 Mar 2026 09:00:00 +0000\r\n\r\n",
    b"From: bob@example.org\r\nMessage-ID: <4@example.org>\r\nSubject: Elsewhere\r\n\r\n.\r\n",
)
counter = itertools.count(1)


@dataclass
class Shelf:
    """A mailbox in memory: its uids and mails."""

    mails: dict[int, bytes]

    def messages(self) -> Mapping[int, LocalMessage]:
        return {uid: LocalMessage(uid, str(uid), frozenset(("\\Seen",))) for uid in self.mails}

    def read(self, message: LocalMessage) -> bytes:
        return self.mails[message.uid]

    def describe(self, message: LocalMessage) -> tuple[bytes, int, datetime]:
        raw = self.mails[message.uid]
        return raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", len(raw), datetime(2026, 3, 1, tzinfo=UTC)


class Good(LocalSession):
    """A session that keeps its contract."""

    def __init__(self) -> None:
        self.shelves = self.shelved()
        super().__init__(lambda: self.shelves, delimiter="/")

    def shelved(self) -> dict[str, Shelf]:
        return {"INBOX": Shelf(dict(enumerate(RAWS[:3], start=1))), "Other": Shelf({7: RAWS[3]})}


def source(session: type[Any] = Good, connect: Callable[[Endpoint], Any] | None = None) -> SourceType:
    """Answer a source of such sessions, which logs in as one should."""

    def log_in(endpoint: Endpoint) -> Any:
        if endpoint.host == "away":
            raise ServerError("away", code="refused")
        if endpoint.secret != PASSWORD:
            raise LoginError
        return session()

    return SourceType("bad", ("bad",), connect or log_in, needs_secret=True)


def does(method: str, otherwise: Callable[..., Any]) -> type[Good]:
    """Answer a session of which one method does something otherwise; that is given what the good one answers."""

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return otherwise(getattr(Good, method)(self, *args, **kwargs))

    return type("Bad", (Good,), {method: call})


def changes(method: str, **fields: Any) -> type[Good]:
    """Answer a session that yields values with some fields otherwise; a function of the value, or a value."""

    def changed(found: Iterator[Any]) -> Iterator[Any]:
        for one in found:
            yield replace(one, **{name: value(one) if callable(value) else value for name, value in fields.items()})

    return does(method, changed)


def opens(**fields: Any) -> type[Good]:
    """Answer a session whose mailboxes have another status, opened or asked for."""

    def changed(status: Any) -> Any:
        return replace(status, **{name: value(status) if callable(value) else value for name, value in fields.items()})

    both = {
        "status": lambda self, name: changed(Good.status(self, name)),
        "open": lambda self, name, **more: (
            lambda opened: replace(opened, status=changed(opened.status))
        )(Good.open(self, name, **more)),
    }  # fmt: skip
    return type("Bad", (Good,), both)


def raises(error: BaseException, *methods: str) -> type[Good]:
    """Answer a session some of whose methods raise."""

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise error

    return type("Bad", (Good,), dict.fromkeys(methods, call))


def holds(shelves: Callable[[], dict[str, Shelf]]) -> type[Good]:
    """Answer a session of other mailboxes."""
    return type("Bad", (Good,), {"shelved": lambda self: shelves()})


def ignoring_uids(method: str) -> type[Good]:
    """Answer a session that tells of all messages, whichever are asked for."""
    return type("Bad", (Good,), {method: lambda self, uids, **more: getattr(Good, method)(self, self.uids(), **more)})


BY_UIDS = ("flags", "metadata", "headers", "bodies")


def losing(uid: int) -> Callable[[Iterator[Any]], Iterator[Any]]:
    return lambda found: (one for one in found if uid_of(one) != uid)


def doubling(found: Iterator[Any]) -> Iterator[Any]:
    return itertools.chain.from_iterable((one, one) for one in found)


def said(value: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    return lambda found: ((uid, value) for uid, _ in found)


def lf_alone(found: Iterator[Any]) -> Iterator[Any]:
    return ((uid, raw.replace(b"\r\n", b"\n")) for uid, raw in found)


def losing_alone(self: Any, uids: Any) -> Iterator[Any]:
    """Yield nothing when one uid of those asked for is not there."""
    return iter(()) if uids - self.uids() else Good.bodies(self, uids)


def fickle_bodies(self: Any, uids: Any) -> Iterator[Any]:
    return Good.bodies(self, uids) if not uids - self.uids() else ((1, RAWS[1]) for _ in range(1))


def hanging_when_made(self: Any) -> Any:
    return Good.mailboxes(self) if self._opened is None and not self._folders else hangs()


def uid_of(one: Any) -> int:
    return int(one[0] if isinstance(one, tuple) else one.uid)


def renumbered() -> dict[str, Shelf]:
    start = next(counter) * 10
    return {"INBOX": Shelf(dict(enumerate(RAWS, start=start)))}


class Revalidated(Good):
    """A session that says another uid_validity than the session before."""

    def __init__(self) -> None:
        self.valid = next(counter)
        super().__init__()

    def open(self, name: str, **more: Any) -> Any:
        opened = Good.open(self, name, **more)
        return replace(opened, status=self.status(name))

    def status(self, name: str) -> Any:
        return replace(Good.status(self, name), uid_validity=self.valid)


def with_mod_seq(*, ignores: bool = False, resync: bool = False) -> type[Good]:
    """Answer a session that says it keeps a mod_seq, 5 for all there is, and does not always heed it."""

    def flags(self: Any, uids: Any, *, changed_since: int = 0) -> Iterator[Any]:
        if changed_since < 5 or ignores:
            yield from (replace(one, mod_seq=5) for one in Good.flags(self, uids))

    info = property(lambda self: replace(Good.info.fget(self), has_mod_seq=True, has_resync=resync))  # type: ignore[attr-defined]
    numbered = opens(highest_mod_seq=5)
    parts = {"status": numbered.status, "open": numbered.open, "flags": flags, "info": info}
    return type("Bad", (Good,), {**parts, "metadata": changes("metadata", mod_seq=5).metadata})


def hangs(*_: Any, **__: Any) -> Any:
    threading.Event().wait(60)


def connecting(error: BaseException | None, *, away: bool = False) -> SourceType:
    """Answer a source that raises something else, or nothing, where nobody is or for a wrong password."""

    def connect(endpoint: Endpoint) -> Any:
        is_away, is_wrong = endpoint.host == "away", endpoint.secret != PASSWORD
        if error is not None and (is_away if away else is_wrong):
            raise error
        if is_away:
            raise ServerError("away", code="refused")
        if is_wrong and away:
            raise LoginError
        return Good()

    return source(connect=connect)


def marks_as_read(self: Any, uids: Any) -> Iterator[Any]:
    for uid, raw in Good.bodies(self, uids):
        self._messages = {**self._messages, uid: replace(self._messages[uid], keywords=frozenset(("\\Flagged",)))}
        yield uid, raw


def lists(more: Callable[[Any], Any]) -> type[Good]:
    return does("mailboxes", lambda found: [*found, more(found[0])])


def overrides(**members: Any) -> type[Good]:
    return type("Bad", (Good,), members)


def without(name: str) -> Callable[[], Any]:
    """Answer a maker of sessions that lack one method."""

    class Lacking:
        def __init__(self) -> None:
            self.good = Good()

        def __getattr__(self, asked: str) -> Any:
            if asked == name:
                raise AttributeError(asked)
            return getattr(self.good, asked)

    return Lacking


def inbox(*raws: bytes, first: int = 1, **more: Any) -> type[Good]:
    """Answer a session of an INBOX that holds these, and more by uid."""
    mails = dict(enumerate(raws, start=first)) | {int(uid[1:]): raw for uid, raw in more.items()}
    return overrides(shelved=lambda self: {"INBOX": Shelf(mails)})


def known_alone(self: Any, name: str, **more: Any) -> Any:
    return Good.open(self, {"INBOX": "INBOX", "Other": "Other"}[name], **more)


def any_name(self: Any, name: str, **more: Any) -> Any:
    return Good.open(self, name if name == "Other" else "INBOX", **more)
