"""MessageCommands: what an owner does to messages; every command is one Change, shown at once, delivered later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.keyword import normalize_keyword
from mailhelper_core.model.operation import (
    AddKeyword,
    Change,
    CopyMessage,
    MoveMessage,
    Operation,
    RemoveKeyword,
)
from mailhelper_core.store import changes, messages
from mailhelper_core.store.decisions import Decision, decide
from mailhelper_core.store.unit_of_work import OwnerStore


@dataclass(frozen=True)
class MessageCommands:
    """Commands of one owner. Each raises NotFoundError for an unknown or foreign id before anything is written."""

    owner: OwnerStore

    def add_keyword(self, ids: Iterable[int], keyword: str) -> Change:
        r"""Add a flag or keyword (`\Seen`, `\Flagged`, `$Junk`, `work`). Raises InvalidError for no keyword."""
        name = _keyword(keyword)
        return self._command("add_keyword", ids, lambda id_: AddKeyword(id_, name))

    def remove_keyword(self, ids: Iterable[int], keyword: str) -> Change:
        """Remove a flag or keyword. Raises InvalidError for no keyword."""
        name = _keyword(keyword)
        return self._command("remove_keyword", ids, lambda id_: RemoveKeyword(id_, name))

    def move(self, ids: Iterable[int], mailbox: str) -> Change:
        """Move messages into a mailbox by name; it is created at delivery when the server has none."""
        return self._command("move", ids, lambda id_: MoveMessage(id_, mailbox))

    def copy(self, ids: Iterable[int], mailbox: str) -> Change:
        """Copy messages into one more mailbox; it is created at delivery when the server has none."""
        return self._command("copy", ids, lambda id_: CopyMessage(id_, mailbox))

    def archive(self, ids: Iterable[int]) -> Change:
        """Move messages into the account's archive."""
        return self._command("archive", ids, lambda id_: MoveMessage(id_, role="archive"))

    def trash(self, ids: Iterable[int]) -> Change:
        """Move messages into the account's trash; nothing deletes for good."""
        return self._command("trash", ids, lambda id_: MoveMessage(id_, role="trash"))

    def _command(self, kind: str, ids: Iterable[int], operation: Callable[[int], Operation]) -> Change:
        with self.owner.begin() as uow:
            wanted = messages.require(uow, ids)
            change_id = changes.new_change(uow, kind)
            decide(uow, change_id, [Decision(operation(id_)) for id_ in wanted])
            return changes.get(uow, change_id)


def _keyword(name: str) -> str:
    keyword = normalize_keyword(name)
    if keyword is None:
        hint = r"write a system flag such as \Seen, or a word of ASCII letters, digits, $, - and _"
        raise InvalidError(f"This is no keyword that a mail server can store; {hint}.", code="keyword")
    return keyword
