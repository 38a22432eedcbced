"""Take back copies that we made: the one thing that is ever removed from a server for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection, in_halves
from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work import confirmed, delivery
from mailhelper_core.store.work.delivery import Located


@dataclass(frozen=True, slots=True)
class Removal:
    """A copy to remove."""

    step: Step
    place: Located


@dataclass(slots=True)
class RemovalDelivery:
    """Carries out the removals of one round."""

    connection: Connection
    batch: int

    def deliver(self, removals: Sequence[Removal]) -> None:
        """Remove copies, mailbox by mailbox."""
        groups: dict[object, list[Removal]] = defaultdict(list)
        for one in removals:
            groups[one.place.mailbox, one.place.uid_validity].append(one)
        for group in groups.values():
            for start in range(0, len(group), self.batch):
                in_halves(self._send, group[start : start + self.batch])

    def _send(self, removals: Sequence[Removal]) -> list[Sequence[Removal]]:
        steps = [one.step for one in removals]
        place = removals[0].place
        try:
            opened = self.connection.open(place.mailbox, place.uid_validity, steps)
        except ServerError as exc:
            return self.connection.unprepared(removals, exc)
        if opened is None:
            return []
        removals = self.connection.ledger.claim(removals)
        uids = UidSet.of(one.place.uid or 0 for one in removals)
        if not uids:
            return []
        try:
            self.connection.session.expunge(uids)
            present = {told.uid: told for told in self.connection.session.flags(uids)}
        except ServerError as exc:
            return self.connection.refused(removals, exc)
        self._record(removals, present)
        return []

    def _record(self, removals: Sequence[Removal], present: dict[int, RemoteFlags]) -> None:
        ledger = self.connection.ledger
        told = {one.place.uid: present[one.place.uid] for one in removals if one.place.uid in present}
        # Without UIDPLUS more than the flag cannot be said.
        flagged = {uid for uid, flags in told.items() if DELETED in flags.keywords}
        with ledger.begin() as uow:
            delivery.left(uow, [one.place for one in removals if one.place.uid not in told])
            said = [(one.place.placement_id, told[one.place.uid]) for one in removals if one.place.uid in told]
            confirmed.keywords(uow, said)
            done = [one.step for one in removals if one.place.uid not in told or one.place.uid in flagged]
            ledger.delivered(uow, done)
            for one in removals:
                if one.place.uid in told and one.place.uid not in flagged:
                    ledger.unconfirmed(uow, one.step)
