"""Take back copies that we made: the one thing that is ever removed from a server for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mailhelper_core.actions.arrivals import UNSURE, digests
from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work import confirmed, delivery
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.identities import Identity


@dataclass(frozen=True, slots=True)
class Removal:
    """A copy to remove."""

    step: Step
    place: Located
    identity: Identity

    @property
    def uid(self) -> int:
        """The uid of the copy."""
        return self.place.uid or 0


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
                self.connection.in_halves(self._send, group[start : start + self.batch])

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
        if not removals:
            return []
        try:
            proven, gone = self._looked_at(removals)
            present = self._expunge(proven) if proven else {}
        except ServerError as exc:
            return self.connection.refused(removals, exc)
        ended = [*proven, *gone]
        self._record(ended, present)
        self._leave([one for one in removals if one.uid not in {over.uid for over in ended}])
        return []

    def _looked_at(self, removals: Sequence[Removal]) -> tuple[list[Removal], list[Removal]]:
        """Answer what is at its place to the last octet, and what is no longer there.

        Its place may be that of another mail of the same header and size: syncs and deliveries go by these. And a
        server that tells no size or header of a message may hold it all the same.
        """
        session = self.connection.session
        told = {one.uid: one for one in session.metadata(UidSet.of(one.uid for one in removals))}
        fitting = [one for one in removals if one.uid in told and told[one.uid].size == one.identity.size]
        read = digests(session, UidSet.of(one.uid for one in fitting if one.identity.digest))
        same = {one.uid for one in fitting if one.identity.digest and read.get(one.uid) == one.identity.digest}
        untold = [one for one in removals if one.uid not in told]
        there = {flags.uid for flags in session.flags(UidSet.of(one.uid for one in untold))} if untold else set()
        return [one for one in removals if one.uid in same], [one for one in untold if one.uid not in there]

    def _expunge(self, removals: Sequence[Removal]) -> dict[int, RemoteFlags]:
        uids = UidSet.of(one.uid for one in removals)
        self.connection.session.expunge(uids)
        return {told.uid: told for told in self.connection.session.flags(uids)}

    def _leave(self, removals: Sequence[Removal]) -> None:
        if removals:
            with self.connection.ledger.begin() as uow:
                for one in removals:
                    self.connection.ledger.conflicted(uow, one.step, UNSURE)

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
