"""What an owner does to messages: each command is one Change, shown at once and delivered later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.keyword import flag_meant, normalize_keyword
from mailhelper_core.model.mail.message import Message
from mailhelper_core.model.source.directory import check_mailbox_name
from mailhelper_core.model.work.operation import AddKeyword, Change, CopyMessage, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.overlay import out_of_sight
from mailhelper_core.store.mail import messages
from mailhelper_core.store.mind import mirrors
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide

Expand = Callable[[Message], Sequence[Operation]]


@guarded
@dataclass(frozen=True)
class MessageCommands:
    """Commands of one owner. Each raises NotFoundError for an unknown or foreign id before anything is written.

    What would change nothing makes no entry in the Change.
    """

    owner: OwnerStore

    def add_keyword(self, ids: Iterable[int], keyword: str) -> Change:
        """Add an IMAP flag or keyword (`\\Seen`, `$Forwarded`). Raises InvalidError for what no server can store.

        The flags of IMAP have a backslash: `seen` without it would be another keyword, and is refused with a hint.
        """
        name = _keyword(keyword)
        if flag := flag_meant(name):
            raise InvalidError(f"The flag is written {flag}, with its backslash.", code="keyword")
        return self._command("add_keyword", ids, lambda message: [AddKeyword(message.id, name)], note=name)

    def remove_keyword(self, ids: Iterable[int], keyword: str) -> Change:
        """Remove an IMAP flag or keyword. Raises InvalidError for what no server can store."""
        name = _keyword(keyword)
        return self._command("remove_keyword", ids, lambda message: [RemoveKeyword(message.id, name)], note=name)

    def move(self, ids: Iterable[int], mailbox: str) -> Change:
        """Move messages into a mailbox; one that the server does not have is created at delivery.

        Of a message in several mailboxes the place in the inbox moves, else the first by name. Raises
        InvalidError for a name that no server can hold.
        """
        name = check_mailbox_name(mailbox)
        return self._command("move", ids, lambda message: [MoveMessage(message.id, name)], note=name)

    def copy(self, ids: Iterable[int], mailbox: str) -> Change:
        """Copy messages into one more mailbox, created at delivery where missing. Raises InvalidError as `move`."""
        name = check_mailbox_name(mailbox)
        return self._command("copy", ids, lambda message: [CopyMessage(message.id, name)], note=name)

    def archive(self, ids: Iterable[int]) -> Change:
        """Move messages from the inbox (else from where they are) into the archive."""
        return self._command("archive", ids, lambda message: [MoveMessage(message.id, role="archive")])

    def trash(self, ids: Iterable[int]) -> Change:
        """Move messages into the trash, out of every mailbox they are in. Nothing is deleted for good."""
        return self._command("trash", ids, _out_of_every_place)

    def _command(self, kind: str, ids: Iterable[int], expand: Expand, *, note: str = "") -> Change:
        with self.owner.begin() as uow:
            found = messages.summaries(uow, messages.require(uow, ids))
            change_id = changes.new_change(uow, kind, note)
            wanted = [operation for message in found for operation in expand(message)]
            decide(uow, change_id, [Decision(one) for one in mirrors.in_step(wanted, mirrors.keywords(uow))])
            return changes.get(uow, change_id)


def _keyword(name: str) -> str:
    found = normalize_keyword(name)
    if found is None:
        raise InvalidError("No mail server can store this keyword; use ASCII without blanks.", code="keyword")
    return found


def _out_of_every_place(message: Message) -> list[Operation]:
    return [*out_of_sight(message.id, message.places)]
