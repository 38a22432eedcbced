"""What one client may do and see: its state in RFC 3501 section 3, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from mailhelper_core.testing.mailstore.message import StoredMessage
from mailhelper_core.testing.mailstore.store import MailStore, User
from mailhelper_core.testing.protocol.capabilities import listed
from mailhelper_core.testing.protocol.notify import Notify
from mailhelper_core.testing.protocol.responses import Close, Fetched, Refused, Response, Untagged, status
from mailhelper_core.testing.protocol.view import View
from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import WireError
from mailhelper_core.testing.wire.sequence import format_numbers

TokenCheck = Callable[[str, str], bool]


class State(Enum):
    """The states of RFC 3501 section 3, as the set of commands they allow."""

    NOT_AUTHENTICATED = "not authenticated"
    AUTHENTICATED = "authenticated"
    SELECTED = "selected"


@dataclass(frozen=True, slots=True)
class Service:
    """What all sessions of a server share; `check_token` answers whether an OAuth token opens a user's mail."""

    store: MailStore
    capabilities: frozenset[str]
    check_token: TokenCheck
    offers_starttls: bool = False


@dataclass(slots=True)
class Session:
    """One client's state."""

    service: Service
    is_encrypted: bool = False
    is_compressed: bool = False
    user: User | None = None
    view: View | None = None
    notify: Notify | None = None
    enabled: set[str] = field(default_factory=set)
    tag: str = ""

    @property
    def state(self) -> State:
        """Where the session stands."""
        if self.user is None:
            return State.NOT_AUTHENTICATED
        return State.AUTHENTICATED if self.view is None else State.SELECTED

    @property
    def login(self) -> User:
        """The user; only for commands of the authenticated states."""
        assert self.user is not None
        return self.user

    @property
    def selected(self) -> View:
        """The selected mailbox; only for commands of the selected state."""
        assert self.view is not None
        return self.view

    def can(self, capability: str) -> bool:
        """Say whether the server offers the capability."""
        return capability in self.service.capabilities

    @property
    def capability_line(self) -> str:
        """The capabilities as they stand now."""
        starttls = self.service.offers_starttls and not self.is_encrypted
        capabilities = self.service.capabilities
        if self.is_encrypted:
            capabilities -= {"LOGINDISABLED"}
        return listed(capabilities, logged_in=self.user is not None, starttls=starttls)

    def writable(self) -> View:
        """Answer the selected mailbox if the client may change it; raises Refused."""
        view = self.selected
        if view.read_only:
            raise Refused("Mailbox is read-only", "NOPERM" if view.mailbox.read_only else None)
        return view

    @property
    def has_news(self) -> bool:
        """Say whether there is something to tell a client that waits."""
        view, notify = self.view, self.notify
        if view is not None and view.has_news:
            return True
        return notify is not None and notify.has_news(view.mailbox if view else None)

    @property
    def status_items(self) -> list[str]:
        """The items of the STATUS that NOTIFY sends (RFC 5465 5.1)."""
        return ["MESSAGES", "UIDNEXT", "UIDVALIDITY", *(["HIGHESTMODSEQ"] if self.can("CONDSTORE") else [])]

    def require_mod_seqs(self) -> None:
        """Switch CONDSTORE on for a command that speaks of mod-sequences; raises WireError where there are none."""
        if not self.selected.mailbox.keeps_mod_seqs:  # RFC 7162 3.1.2.2
            raise WireError("Mailbox has no mod-sequences")
        self.enabled.add("CONDSTORE")

    def mod_seq_code(self) -> str | None:
        """Answer the code that ends EXPUNGE and MOVE under QRESYNC (RFC 7162 3.2.7)."""
        mailbox = self.selected.mailbox
        if "QRESYNC" not in self.enabled or not mailbox.keeps_mod_seqs:
            return None
        return f"HIGHESTMODSEQ {mailbox.highest_mod_seq}"

    def updates(self, *, expunges: bool, with_uid: bool = False) -> Iterator[Response]:
        """Yield what happened in the selected mailbox since the client was last told."""
        view = self.view
        if view is None:
            return
        if view.is_stale:
            yield status("BYE", "Selected mailbox was deleted or renumbered")
            yield Close()
            return
        news = view.changes(expunges=expunges)
        yield from self._gone(news.expunged)
        if news.exists is not None:
            yield Untagged(b"%d EXISTS" % news.exists)
            yield Untagged(b"0 RECENT")
        for number, message in news.changed:
            yield self.flags_of(number, message, with_uid=with_uid)

    @property
    def tells_mod_seqs(self) -> bool:
        """Say whether every FETCH that tells flags tells the mod-sequence as well (RFC 7162 3.2.4)."""
        return "CONDSTORE" in self.enabled and self.selected.mailbox.keeps_mod_seqs

    def flags_of(self, number: int, message: StoredMessage, *, with_uid: bool) -> Fetched:
        """Answer the FETCH that tells a message's flags, and its mod-sequence where CONDSTORE is on."""
        items = [(b"FLAGS", encode.flags(message.flags))]
        if with_uid or "QRESYNC" in self.enabled:
            items.insert(0, (b"UID", b"%d" % message.uid))
        if self.tells_mod_seqs:
            items.append((b"MODSEQ", b"(%d)" % message.mod_seq))
        return Fetched(number, message.uid, tuple(items))

    def _gone(self, expunged: tuple[tuple[int, int], ...]) -> Iterator[Response]:
        if expunged and "QRESYNC" in self.enabled:
            yield Untagged(b"VANISHED " + format_numbers(sorted(uid for _, uid in expunged)))
            return
        for number, _ in expunged:
            yield Untagged(b"%d EXPUNGE" % number)
