"""The mailboxes of one account, found by name or by role, also where a server names neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.message import Mailbox, Place
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.work.operation import CopyMessage, DraftOperation, DropCopy, MoveMessage

# Where a server names no mailbox for a role: the names that Dovecot, Thunderbird and most others use.
ROLE_NAMES = {
    "inbox": "INBOX",
    "archive": "Archive",
    "drafts": "Drafts",
    "junk": "Junk",
    "sent": "Sent",
    "trash": "Trash",
}
# Dovecot refuses longer names (255 octets a level); nobody files under longer ones.
MAX_MAILBOX_NAME = 500
# Of a name that a server lists: PostgreSQL's index takes 2,684 octets beside the account, ours need 2,000 and a prefix.
MAX_NAME_OCTETS = 2_400


@dataclass(frozen=True, slots=True)
class Directory:
    """The mailboxes of one account, to find them by name or role.

    prefix is what the server says that its names begin with (RFC 2342), None where nobody asked.
    """

    mailboxes: tuple[Mailbox, ...] = ()
    read_only: frozenset[int] = field(default=frozenset())
    prefix: str | None = None

    @classmethod
    def of(cls, mailboxes: Sequence[Mailbox], prefix: str | None = None) -> Directory:
        """Make the directory of an account."""
        return cls(tuple(mailboxes), frozenset(mailbox.id for mailbox in mailboxes if mailbox.read_only), prefix)

    @property
    def is_read_only(self) -> bool:
        """Say whether no mailbox of the account can be written: what is done there stays in the store."""
        return bool(self.mailboxes) and len(self.read_only) == len(self.mailboxes)

    def target(self, operation: MoveMessage | CopyMessage | DropCopy) -> Place:
        """Answer where an operation puts a message; mailbox_id is 0 for a mailbox that must be created.

        Raises InvalidError for a name that no server can hold and for an unknown role.
        """
        role = operation.role if isinstance(operation, MoveMessage) else ""
        return self.find(operation.mailbox) if operation.mailbox else self.find_role(role)

    def drafts(self, operation: DraftOperation) -> Place:
        """Answer where a draft lies; as `target`."""
        return self.find(operation.mailbox) if operation.mailbox else self.find_role("drafts")

    def find(self, name: str) -> Place:
        """Answer the mailbox of this name, else the one below the server's prefix; INBOX in any case (RFC 9051 5.1).

        A delimiter at the end makes no other name: it only says that others will lie below (RFC 9051 6.3.4).
        """
        delimiter = next((mailbox.delimiter for mailbox in self.mailboxes if mailbox.delimiter), "")
        name = check_mailbox_name(name.rstrip(delimiter) if delimiter else name)
        below = self._below_prefix(name)
        found = self._named(name) or self._named(below)
        return _place(found) if found else Place(0, below, "", frozenset())

    def short(self, name: str) -> str:
        """Answer the name by which `find` finds a mailbox too: without the server's prefix."""
        prefix = self._guessed_prefix() if self.prefix is None else self.prefix
        return name[len(prefix) :] if name.upper().startswith(prefix.upper()) else name

    def find_role(self, role: str) -> Place:
        """Answer the mailbox of this role: by what the server says, else by its usual name.

        Where there is no archive but a mailbox of everything, that is the archive (Gmail).
        """
        if role not in ROLE_NAMES:
            raise InvalidError(f"There is no role {role[:20]!r}; known are {', '.join(ROLE_NAMES)}.", code="role")
        roles = (role, "all") if role == "archive" else (role,)
        for wanted in roles:
            for mailbox in self.mailboxes:
                if mailbox.role == wanted:
                    return _place(mailbox)
        return replace(self.find(ROLE_NAMES[role]), role=role)

    def _named(self, name: str) -> Mailbox | None:
        return next((mailbox for mailbox in self.mailboxes if mailbox.name == name), None)

    def _below_prefix(self, name: str) -> str:
        """Answer the name that a server with a prefix takes; one in another namespace stays as it is."""
        prefix = self._guessed_prefix() if self.prefix is None else self.prefix
        if name.upper().startswith(prefix.upper()):
            return prefix + name[len(prefix) :]
        return name if name == "INBOX" or self._is_elsewhere(name, prefix) else prefix + name

    def _is_elsewhere(self, name: str, prefix: str) -> bool:
        others = [mailbox for mailbox in self.mailboxes if mailbox.delimiter and not mailbox.name.startswith(prefix)]
        heads = {mailbox.name.partition(mailbox.delimiter)[0] + mailbox.delimiter for mailbox in others}
        return any(name.startswith(head) for head in heads if not prefix.startswith(head))

    def _guessed_prefix(self) -> str:
        # Courier and Cyrus keep everything below INBOX and refuse new mailboxes beside it.
        inbox = next((mailbox for mailbox in self.mailboxes if mailbox.name == "INBOX"), None)
        others = [mailbox.name for mailbox in self.mailboxes if mailbox.name != "INBOX"]
        prefix = f"INBOX{inbox.delimiter}" if inbox and inbox.delimiter else ""
        return prefix if prefix and others and all(name.startswith(prefix) for name in others) else ""


def is_storable_name(name: str) -> bool:
    """Say whether both databases hold this name of a mailbox as it stands, and find the mailbox by it."""
    is_one_line = "\n" not in name and clean_text(name) == name
    return is_one_line and len(name.encode("utf-8", "surrogatepass")) <= MAX_NAME_OCTETS


def check_mailbox_name(name: str) -> str:
    """Answer the name as it is stored; raise InvalidError for what no server can hold."""
    if not name.strip() or len(name) > MAX_MAILBOX_NAME or any(ord(one) < 0x20 or ord(one) == 0x7F for one in name):
        hint = f"1 to {MAX_MAILBOX_NAME} characters without line breaks, TAB or other controls"
        raise InvalidError(f"This is no name for a mailbox: {hint}.", code="mailbox_name")
    return "INBOX" if name.upper() == "INBOX" else name


def _place(mailbox: Mailbox) -> Place:
    return Place(mailbox.id, mailbox.name, mailbox.role, frozenset())
