"""Deliver drafts: APPEND with a Message-ID of ours, by which a replay finds what an earlier attempt has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.errors import MailHelperError, NotFoundError, ServerError
from mailhelper_core.model.mail.keyword import DRAFT, SEEN
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AppendDraft, DraftOperation
from mailhelper_core.store.work import drafts


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft to append or to remove, and the mailbox in question."""

    step: Step
    operation: DraftOperation
    mailbox: str


@dataclass(frozen=True, slots=True)
class DraftDelivery:
    """Carries out the drafts of one round, one after the other."""

    connection: Connection

    def deliver(self, wanted: Sequence[Draft]) -> None:
        """Append and remove drafts."""
        for one in wanted:
            try:
                if isinstance(one.operation, AppendDraft):
                    self._append(one, one.operation)
                else:
                    self._remove(one)
            except MailHelperError as exc:
                self.connection.failed([one], exc)

    def _append(self, one: Draft, operation: AppendDraft) -> None:
        intent = one.step.rows[0].intent
        if intent and self._found(one):
            self._delivered(one)
            return
        ledger = self.connection.ledger
        try:
            with ledger.owner.read() as uow:
                raw = drafts.octets(uow, operation)
        except NotFoundError as exc:
            with ledger.begin() as uow:
                ledger.conflicted(uow, one.step, exc.code)
            return
        status = self.connection.status(one.mailbox, [one.step])
        same = intent.get("uid_validity") == status.uid_validity
        uid_next = min(status.uid_next, intent["uid_next"]) if same else status.uid_next
        if ledger.claim([one], {"uid_validity": status.uid_validity, "uid_next": uid_next}):
            self.connection.session.append(one.mailbox, raw, keywords=frozenset({DRAFT, SEEN}))
            self._delivered(one)

    def _remove(self, one: Draft) -> None:
        """Remove the draft unless its owner has changed it: then it has another size or another Message-ID."""
        connection = self.connection
        status = connection.status(one.mailbox, [one.step])
        if connection.open(one.mailbox, status.uid_validity, [one.step]) is None:
            return
        session = connection.session
        found = session.find_message_id(one.operation.draft_id)
        ours = UidSet.of(told.uid for told in session.metadata(found) if told.size == one.operation.size)
        if connection.ledger.claim([one]):
            if ours:
                session.expunge(ours)
            self._delivered(one)

    def _found(self, one: Draft) -> bool:
        try:
            status = self.connection.look_into(one.mailbox)
        except ServerError as exc:
            if exc.code != "no_mailbox":
                raise
            return False  # whoever deleted the mailbox deleted what was in it, and it is made anew
        begun = one.step.rows[0].intent
        from_uid = begun["uid_next"] if begun["uid_validity"] == status.uid_validity else 1
        return bool(self.connection.session.find_message_id(one.operation.draft_id, from_uid=from_uid))

    def _delivered(self, one: Draft) -> None:
        ledger = self.connection.ledger
        with ledger.begin() as uow:
            ledger.delivered(uow, [one.step])
