"""NOTIFY (RFC 5465): which mailboxes a session hears of, and what it was told of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import User

NEW, GONE, FLAGS = "MESSAGENEW", "MESSAGEEXPUNGE", "FLAGCHANGE"
EVENTS = frozenset({NEW, GONE, FLAGS})


@dataclass(frozen=True, slots=True)
class _Known:
    """A mailbox as it was when the client was told."""

    uid_next: int
    messages: int
    mod_seq: int

    @classmethod
    def of(cls, mailbox: Mailbox) -> _Known:
        """Answer its state now."""
        return cls(mailbox.uid_next, len(mailbox.uids), mailbox.highest_mod_seq)


@dataclass(slots=True)
class Notify:
    """What a session wants to hear: events of all mailboxes but the selected one, and whether of that one too.

    `names` None means all mailboxes of the user, those made later included.
    """

    user: User
    events: frozenset[str] = EVENTS
    names: frozenset[str] | None = None
    selected: bool = False
    _known: dict[str, _Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for mailbox in self._watched():
            self._known[mailbox.mailbox_id] = _Known.of(mailbox)

    def has_news(self, besides: Mailbox | None) -> bool:
        """Say whether a mailbox changed in a way the session wants to hear of."""
        return any(self._differs(mailbox) for mailbox in self._watched() if mailbox is not besides)

    def take_news(self, besides: Mailbox | None) -> list[Mailbox]:
        """Answer the mailboxes that changed since they were told of, `besides` the selected one."""
        changed = [mailbox for mailbox in self._watched() if self._differs(mailbox)]
        for mailbox in changed:
            self._known[mailbox.mailbox_id] = _Known.of(mailbox)
        return [mailbox for mailbox in changed if mailbox is not besides]

    def _watched(self) -> list[Mailbox]:
        return [one for one in self.user.mailboxes if self.names is None or one.name in self.names]

    def _differs(self, mailbox: Mailbox) -> bool:
        now, before = _Known.of(mailbox), self._known.get(mailbox.mailbox_id, _Known(1, 0, 1))
        if now == before:
            return False
        happened = {NEW} if now.uid_next != before.uid_next else set[str]()
        if before.messages + now.uid_next - before.uid_next > now.messages:
            happened.add(GONE)
        return bool((happened or {FLAGS}) & self.events)
