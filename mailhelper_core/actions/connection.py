"""The open connection of one delivery: which mailbox is open, whether it still answers, what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.ledger import HasStep, Ledger, T
from mailhelper_core.errors import (
    BusyError,
    ConfigError,
    MailHelperError,
    PluginError,
    SchemaError,
    ServerError,
    ends_connection,
)
from mailhelper_core.model.source.remote import MailSession, OpenedMailbox, RemoteStatus
from mailhelper_core.store.mail import mailboxes

# Refusals that say: the server answers, it is this mailbox that cannot be had now.
_OF_INBOX_ALONE = frozenset({
    "no_mailbox", "in_use", "unavailable", "contact_admin", "server_bug", "corruption", "protocol",
})  # fmt: skip


class ConnectionEnded(Exception):
    """The server is away, throttles us or wants another login: what is left waits."""


@dataclass(slots=True)
class Connection:
    """A session, and the mailbox that is open for writing."""

    session: MailSession
    ledger: Ledger
    account_id: int
    _name: str = ""
    _opened: OpenedMailbox | None = None

    def open(self, name: str, uid_validity: int, steps: Sequence[Step]) -> OpenedMailbox | None:
        """Open a mailbox for writing; None when its uids are not those we know, then the steps wait for a sync."""
        if self._name != name or self._opened is None:
            self._name, self._opened = "", None
            self._opened = self.session.open(name, writable=True)
            self._name = name
            with self.ledger.begin() as uow:
                mailboxes.permit(uow, self.account_id, name, self._opened.permanent_keywords)
        if self._opened.status.uid_validity != uid_validity:
            self.ledger.postpone(steps, "uid_validity")
            return None
        return self._opened

    def look_into(self, name: str) -> RemoteStatus:
        """Open a mailbox for reading and answer its status as of now.

        Where the server does not tell the next uid, it is taken to follow the highest: no copy can be found below that.
        """
        self._name, self._opened = "", None
        status = self.session.open(name).status
        return status if status.uid_next else replace(status, uid_next=self.session.uids().highest() + 1)

    def status(self, name: str, steps: Sequence[Step]) -> RemoteStatus:
        """Ask for a mailbox's status for steps that want it; one that the server does not have is created.

        Raises ServerError `no_mailbox` for one that the last sync has still seen: another client may have renamed it.
        """
        try:
            return self._ask(name)
        except ServerError as exc:
            if exc.code not in ("no_mailbox", "rejected"):  # Dovecot names no code
                raise
        if self._was_listed(name, steps):
            raise ServerError("the mail server no longer has this mailbox", code="no_mailbox", transient=False)
        self.session.create(name)
        return self._ask(name)

    def refused(
        self, items: Sequence[T], error: ServerError, *, parts: Callable[[Sequence[T]], list[Sequence[T]]] | None = None
    ) -> list[Sequence[T]]:
        """Answer the halves in which to try a refused command again; one step alone waits or ends.

        parts: how to cut what the command said of each message; none when that cannot be cut any more. Raises
        ConnectionEnded when it was not the command that was refused.
        """
        left = [one for one in items if self.ledger.is_open(one.step)]
        self._check(left, error)
        cut = parts(left) if parts and left else []
        if cut:
            return cut
        if len(left) > 1:
            middle = len(left) // 2
            return [left[:middle], left[middle:]]
        self._end(left, error)
        return []

    def in_halves(self, send: Callable[[Sequence[T]], list[Sequence[T]]], items: Sequence[T]) -> None:
        """Send items together; where that is refused, each half for itself, so that one never stops the others."""
        waiting = [items]
        while waiting:
            batch = waiting.pop(0)
            if batch:
                waiting = self._send(send, batch) + waiting

    def failed(self, items: Sequence[T], error: MailHelperError) -> list[Sequence[T]]:
        """Answer the halves in which to try again what our own side could not do; one step alone waits.

        Raises ConnectionEnded for a source's plugin that broke its contract, and the error itself where it says that
        this program cannot go on: the database, its settings, or another that has taken over the account.
        """
        if isinstance(error, BusyError | ConfigError | SchemaError):
            raise error
        if isinstance(error, ServerError):
            return self.refused(items, error)
        left = [one for one in items if self.ledger.is_open(one.step)]
        if len(left) > 1 and not isinstance(error, PluginError):
            middle = len(left) // 2
            return [left[:middle], left[middle:]]
        with self.ledger.begin() as uow:
            for one in left:
                self.ledger.again(uow, one.step, error.code, wait_seconds=error.retry_after)
        if isinstance(error, PluginError):
            raise ConnectionEnded from error
        return []

    def unprepared(self, items: Sequence[T], error: ServerError) -> list[Sequence[T]]:
        """End or postpone all that wanted the same of a mailbox that cannot be had; nothing is tried again."""
        self._check(items, error)
        self._end(items, error)
        return []

    def _ask(self, name: str) -> RemoteStatus:
        """Ask for a mailbox's status; one that cannot be read is told by opening it: some leave UIDNEXT out."""
        try:
            return self.session.status(name)
        except ServerError as exc:
            if exc.code != "protocol" or ends_connection(exc):
                raise
        return self.look_into(name)

    def _send(self, send: Callable[[Sequence[T]], list[Sequence[T]]], batch: Sequence[T]) -> list[Sequence[T]]:
        try:
            return send(batch)
        except MailHelperError as exc:
            return self.failed(batch, exc)

    def _was_listed(self, name: str, steps: Sequence[Step]) -> bool:
        """Say whether a sync has seen a mailbox, and none has looked since these steps began to wait for one."""
        with self.ledger.owner.read() as uow:
            listed_at = mailboxes.listed_at(uow, self.account_id, name)
        return listed_at is not None and not all(step.was_sought(listed_at, "no_mailbox") for step in steps)

    def _check(self, items: Sequence[HasStep], error: ServerError) -> None:
        if not ends_connection(error) and self._is_alive():
            return
        with self.ledger.begin() as uow:
            for one in items:
                self.ledger.again(uow, one.step, error.code, wait_seconds=error.retry_after)
        raise ConnectionEnded from error

    def _end(self, items: Sequence[HasStep], error: ServerError) -> None:
        if error.code == "no_mailbox":
            self.ledger.postpone([one.step for one in items], error.code)
            return
        with self.ledger.begin() as uow:
            for one in items:
                if error.transient:
                    self.ledger.again(uow, one.step, error.code, wait_seconds=error.retry_after)
                else:
                    self.ledger.conflicted(uow, one.step, error.code)

    def _is_alive(self) -> bool:
        try:
            self.session.status("INBOX")
        except ServerError as exc:
            return exc.code in _OF_INBOX_ALONE
        return True
