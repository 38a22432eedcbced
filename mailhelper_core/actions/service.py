"""ActionService: deliver what was decided to the mail server, once each, and tell what became of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from mailhelper_core.actions.connection import Connection, ConnectionEnded
from mailhelper_core.actions.effects import EffectDelivery
from mailhelper_core.actions.ledger import Ledger
from mailhelper_core.actions.rounds import deliver_rounds
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import LoginError, ThrottledError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.source.account import Account, state_after
from mailhelper_core.model.source.remote import ConnectedSession, MailSession, Sources
from mailhelper_core.model.work.report import DeliverReport, ErrorNote, IsCancelled, OnProgress, Progress
from mailhelper_core.settings import Settings
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import OwnerStore, from_micros
from mailhelper_core.store.work import delivery

STAGE = "deliver"


@dataclass(frozen=True, slots=True)
class ActionService:
    """Delivery of one owner's operations. The guarantee for each is in docs/discussions/outbox.md."""

    owner: OwnerStore
    sources: Sources
    settings: Settings = field(default_factory=Settings)
    registry: Registry = field(default_factory=Registry)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)
    jitter: Callable[[], float] = random.random

    def deliver(
        self,
        account: Account,
        *,
        session: MailSession | None = None,
        lease: Lease | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
    ) -> DeliverReport:
        """Carry out an account's waiting operations; one that is refused never stops the others.

        Without a session, or with one whose connection has ended, one is opened when something waits for the server;
        ServerError and LoginError from that leave everything waiting. A connection lost on the way ends the call with
        a note in the report.
        """
        self.owner.require_own_transaction(STAGE)
        stop = cancel or _never
        ledger = Ledger(self.owner, lease, self.settings, self.jitter)

        def tell() -> None:
            done = ledger.counts["delivered"]
            if progress is not None and done:
                progress(Progress(STAGE, done, done, _report(ledger, 0, 0)))

        EffectDelivery(self.registry, self.dispatcher, ledger).deliver(account.id, cancel=stop)
        with self.owner.read() as uow:
            has_work = bool(delivery.window(uow, account.id, limit=1))
        commands = self._with_session(account, session, ledger, stop, tell) if has_work else 0
        with self.owner.read() as uow:
            waiting = delivery.count_waiting(uow, account.id)
        return _report(ledger, waiting, commands)

    def put_off(self, account: Account, code: str) -> DeliverReport:
        """Answer the report of a delivery that could not begin."""
        with self.owner.read() as uow:
            waiting = delivery.count_waiting(uow, account.id)
        return DeliverReport(waiting=waiting, errors=(ErrorNote(f"account:{account.id}", code),))

    def _with_session(
        self,
        account: Account,
        given: MailSession | None,
        ledger: Ledger,
        cancel: IsCancelled,
        tell: Callable[[], None],
    ) -> int:
        if given is not None and _has_ended(given):
            given = None  # a mailbox broke it: on a new one all that waits can go
        session = given or self.sources.open(account)
        before = session.commands if given else 0
        try:
            connection = Connection(session, ledger, account.id)
            batch = self.settings.commit_batch_messages
            deliver_rounds(connection, account.id, batch=batch, cancel=cancel, tell=tell)
        except ConnectionEnded as exc:
            error = exc.__cause__
            ledger.notes.append(ErrorNote(f"account:{account.id}", getattr(error, "code", "server")))
            if isinstance(error, LoginError | ThrottledError):
                self._note_state(account, ledger, error)
        finally:
            if given is None:
                session.close()
        return session.commands - before

    def _note_state(self, account: Account, ledger: Ledger, error: LoginError | ThrottledError) -> None:
        """Let the account rest: for as long as its server says, or until its owner has looked at the login."""
        wait = timedelta(seconds=error.retry_after) if error.retry_after is not None else None
        with ledger.begin() as uow:
            until = from_micros(uow.now) + wait if wait is not None else None
            accounts.record_failure(uow, account.id, state_after(error), error.code, not_before=until)


def _report(ledger: Ledger, waiting: int, commands: int) -> DeliverReport:
    counts = ledger.counts
    return DeliverReport(
        delivered=counts["delivered"],
        conflicted=counts["conflicted"],
        retried=counts["retried"],
        dead=counts["dead"],
        waiting=waiting,
        commands=commands,
        errors=tuple(ledger.notes),
    )


def _has_ended(session: MailSession) -> bool:
    return isinstance(session, ConnectedSession) and not session.is_connected


def _never() -> bool:
    return False
