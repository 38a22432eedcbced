"""Users and their mailboxes; what a test changes directly while clients are connected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count

from mailhelper_core.testing.mailstore.keywords import KeywordPolicy
from mailhelper_core.testing.mailstore.mailbox import Ground, Mailbox

# RFC 6154 section 2, and the names most servers give these mailboxes.
SPECIAL_USE = {
    "Archive": "\\Archive",
    "Drafts": "\\Drafts",
    "Junk": "\\Junk",
    "Sent": "\\Sent",
    "Trash": "\\Trash",
}
# Any number does; far from 1, so that it cannot be mistaken for a uid.
_FIRST_UID_VALIDITY = 1_700_000_001


class MailboxError(Exception):
    """A mailbox operation that cannot be done; `code` is the response code for it (RFC 5530)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class User:
    """One login: a password and a tree of mailboxes."""

    def __init__(self, name: str, password: str, *, ground: Ground, delimiter: str, prefix: str = "") -> None:
        self.name = name
        self.password = password
        self.delimiter = delimiter
        self.prefix = prefix
        self._ground = ground
        self._mailboxes = {"INBOX": Mailbox("INBOX", ground)}
        self.subscribed = {"INBOX"}

    @property
    def mailboxes(self) -> list[Mailbox]:
        """The mailboxes, INBOX first, then by name."""
        with self._ground.lock:
            return sorted(self._mailboxes.values(), key=lambda mailbox: (mailbox.name != "INBOX", mailbox.name))

    def mailbox(self, name: str) -> Mailbox:
        """Answer the mailbox; raises MailboxError NONEXISTENT."""
        mailbox = self._mailboxes.get(self._normal(name))
        if mailbox is None:
            raise MailboxError("NONEXISTENT", "Mailbox doesn't exist")
        return mailbox

    def create(self, name: str, *, role: str | None = None) -> Mailbox:
        r"""Create a mailbox, with a special use such as `\Archive` if given; raises MailboxError."""
        name = self._normal(name.removesuffix(self.delimiter))
        with self._ground.lock:
            if not name:
                raise MailboxError("CANNOT", "Mailbox name is empty")
            if name in self._mailboxes:
                raise MailboxError("ALREADYEXISTS", "Mailbox already exists")
            mailbox = self._mailboxes[name] = Mailbox(name, self._ground, role=role)
        return mailbox

    def delete(self, name: str) -> None:
        """Delete a mailbox with its messages, not those below it; raises MailboxError."""
        mailbox = self.mailbox(name)
        if mailbox.name == "INBOX":
            raise MailboxError("CANNOT", "INBOX cannot be deleted")
        with self._ground.lock:
            del self._mailboxes[mailbox.name]
        mailbox.retire()

    def rename(self, old: str, new: str) -> None:
        """Rename a mailbox and those below it; of INBOX, move the messages out instead (RFC 3501 6.3.5)."""
        mailbox, new = self.mailbox(old), self._normal(new)
        with self._ground.lock:
            if new in self._mailboxes:
                raise MailboxError("ALREADYEXISTS", "Target mailbox already exists")
            if mailbox.name == "INBOX":
                mailbox.move(mailbox.uids, self.create(new))
                return
            within = [one for name, one in self._mailboxes.items() if self._is_within(name, mailbox.name)]
            kept = {name: one for name, one in self._mailboxes.items() if one not in within}
            names = [new + one.name[len(mailbox.name) :] for one in within]
            if any(name in kept for name in names):
                raise MailboxError("ALREADYEXISTS", "A mailbox below the target already exists")
            for name, one in zip(names, within, strict=True):
                one.name = name
            self._mailboxes = kept | dict(zip(names, within, strict=True))

    def _is_within(self, name: str, parent: str) -> bool:
        return name == parent or name.startswith(parent + self.delimiter)

    def _normal(self, name: str) -> str:
        head, delimiter, tail = name.partition(self.delimiter)
        return ("INBOX" if head.upper() == "INBOX" else head) + delimiter + tail


class MailStore:
    """All users of a server."""

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        delimiter: str = "/",
        prefix: str = "",
        keywords: KeywordPolicy | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ground = Ground(
            lock=threading.RLock(),
            clock=clock,
            uid_validities=count(_FIRST_UID_VALIDITY),
            email_ids=count(1),
            keywords=keywords or KeywordPolicy(),
        )
        self._delimiter = delimiter
        self._prefix = prefix
        self._users: dict[str, User] = {}
        for name, password in users.items():
            self.add_user(name, password)

    def add_user(self, name: str, password: str) -> User:
        """Add a login with INBOX and the special-use mailboxes."""
        user = User(name, password, ground=self._ground, delimiter=self._delimiter, prefix=self._prefix)
        for mailbox, role in SPECIAL_USE.items():
            user.subscribed.add(user.create(self._prefix + mailbox, role=role).name)
        self._users[name] = user
        return user

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call the listener after every change of any mailbox; answer the function that ends it."""
        return self._ground.listen(listener)

    def user(self, name: str) -> User:
        """Answer the user; raises KeyError."""
        return self._users[name]

    def find_user(self, name: str) -> User | None:
        """Answer the user, None if there is none of that name."""
        return self._users.get(name)
