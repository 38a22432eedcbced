"""Deliver drafts: APPEND with a Message-ID of ours, by which a replay finds what an earlier attempt has made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailhelper_core.actions.arrivals import UNSURE, digests, worth_asking
from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.ledger import UNCONFIRMED
from mailhelper_core.actions.presence import UNTOLD, presence
from mailhelper_core.errors import MailHelperError, NotFoundError, ServerError, ends_connection
from mailhelper_core.mime.identity import header_fields
from mailhelper_core.model.mail.keyword import DELETED, DRAFT, SEEN
from mailhelper_core.model.source.remote import RemoteStatus
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.model.work.operation import AppendDraft, DraftOperation, DropDraft
from mailhelper_core.store.work import drafts

# Its owner has gone on writing it, or a program has put another in its place.
CHANGED = "changed_since"


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
                    self._remove(one, one.operation)
            except MailHelperError as exc:
                self.connection.failed([one], exc)

    def _append(self, one: Draft, operation: AppendDraft) -> None:
        intent = one.step.rows[0].intent
        if intent and self._was_made(one, intent):
            self._end(one)
            return
        ledger = self.connection.ledger
        try:
            with ledger.owner.read() as uow:
                raw = drafts.octets(uow, operation)
        except NotFoundError as exc:
            self._end(one, exc.code)
            return
        status = self.connection.status(one.mailbox, [one.step])
        same = intent.get("uid_validity") == status.uid_validity
        uid_next = min(status.uid_next, intent["uid_next"]) if same else status.uid_next
        begun = {"uid_validity": status.uid_validity, "uid_next": uid_next}
        if ledger.claim([one], begun):
            placed = self.connection.session.append(one.mailbox, raw, keywords=frozenset({DRAFT, SEEN}))
            is_there = bool(placed.uids) or self._was_made(one, begun)
            self._end(one, "" if is_there else UNCONFIRMED)

    def _was_made(self, one: Draft, intent: Mapping[str, int]) -> bool:
        try:
            status = self.connection.look_into(one.mailbox)
        except ServerError as exc:
            if exc.code != "no_mailbox":
                raise
            return False  # whoever deleted the mailbox deleted what was in it, and it is made anew
        return bool(self._found(one.operation.draft_id, status, intent))

    def _remove(self, one: Draft, operation: DropDraft) -> None:
        """Remove the draft if it is what we appended, to the last octet: what its owner has changed since stays."""
        connection = self.connection
        with connection.ledger.owner.read() as uow:
            made = drafts.appended(uow, operation)
        status = connection.status(one.mailbox, [one.step])
        if connection.open(one.mailbox, status.uid_validity, [one.step]) is None:
            return
        intent = made[0].intent if made else {}
        found = self._found(operation.draft_id, status, intent)
        read = digests(connection.session, found)
        ours = UidSet.of(uid for uid in read if made and read[uid].hex() == made[1].digest)
        if not connection.ledger.claim([one]):
            return
        if ours:
            self._end(one, self._expunge(_first(ours, status, intent)))
            return
        there = presence(connection.session, found - UidSet.of(read))
        other = CHANGED if made else UNSURE
        self._end(one, UNTOLD if there.told or there.untold else other if read else "")

    def _expunge(self, uids: UidSet) -> str:
        """Remove the draft and answer the code of what became of it, empty when it is gone."""
        self.connection.session.expunge(uids)
        there = presence(self.connection.session, uids)
        if there.untold:
            return UNTOLD
        # Without UIDPLUS more than the flag cannot be said.
        return "" if all(DELETED in one.keywords for one in there.told.values()) else UNCONFIRMED

    def _found(self, draft_id: str, status: RemoteStatus, intent: Mapping[str, int]) -> UidSet:
        """Find what bears the draft's Message-ID; where SEARCH finds nothing, what came since is looked at.

        There are servers that index their mail some time later, and some that refuse to search it for a field.
        """
        session = self.connection.session
        same = intent.get("uid_validity") == status.uid_validity
        from_uid = intent["uid_next"] if same else 1
        try:
            found = session.find_message_id(draft_id, from_uid=from_uid)
            is_answered = bool(found) or not same
        except ServerError as exc:
            if ends_connection(exc):
                raise
            found, is_answered = NO_UIDS, False
        if is_answered or from_uid >= status.uid_next:
            return found
        told = session.metadata(worth_asking(session, UidSet(((from_uid, status.uid_next - 1),)), status))
        return UidSet.of(one.uid for one in told if _message_id(one.header) == draft_id)

    def _end(self, one: Draft, code: str = "") -> None:
        """End a draft, or try again what the server has not done, or does not tell of."""
        ledger = self.connection.ledger
        with ledger.begin() as uow:
            if not code:
                ledger.delivered(uow, [one.step])
            elif code in (UNCONFIRMED, UNTOLD):
                ledger.unconfirmed(uow, one.step, code)
            else:
                ledger.conflicted(uow, one.step, code)


def _first(ours: UidSet, status: RemoteStatus, intent: Mapping[str, int]) -> UidSet:
    """Answer the one that we appended: of copies with the same octets the first that came after we began."""
    from_uid = intent["uid_next"] if intent.get("uid_validity") == status.uid_validity else 1
    return UidSet.of([min((uid for uid in ours if uid >= from_uid), default=min(ours))])


def _message_id(header: bytes) -> str:
    return header_fields(header)[0].decode("utf-8", "replace").strip("<> \r\n")
