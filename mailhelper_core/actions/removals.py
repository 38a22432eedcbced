"""Take back copies that we made: the one thing that is ever removed from a server for good."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailhelper_core.actions.arrivals import UNSURE, digests
from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.kept import ABSENT, RENUMBERED, Held, unproven
from mailhelper_core.actions.ledger import UNCONFIRMED
from mailhelper_core.actions.presence import UNTOLD, Presence, presence
from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work import confirmed, delivery
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.identities import Identity

# To remove it would be to remove the message.
LAST_PLACE = "last_place"


@dataclass(frozen=True, slots=True)
class Removal:
    """A copy to remove; others are the places of the message in other mailboxes."""

    step: Step
    place: Located
    identity: Identity
    others: Sequence[Located]

    @property
    def uid(self) -> int:
        """The uid of the copy."""
        return self.place.uid or 0


@dataclass(slots=True)
class _Looked:
    """Copies by what lies at their places; untold: of what is there the server tells nothing."""

    proven: list[Removal] = field(default_factory=list)
    gone: list[Removal] = field(default_factory=list)
    untold: list[Removal] = field(default_factory=list)
    others: list[Removal] = field(default_factory=list)


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
            removals = self._held_elsewhere(removals)
            if not removals or self.connection.open(place.mailbox, place.uid_validity, steps) is None:
                return []
            found = self._looked_at(removals)
            there = self._expunge(found.proven) if found.proven else Presence()
        except ServerError as exc:
            return self.connection.refused(removals, exc)
        self._record([*found.proven, *found.gone], there)
        self._again(found.untold, UNTOLD)
        self._leave(found.others)
        return []

    def _held_elsewhere(self, removals: Sequence[Removal]) -> list[Removal]:
        """Leave the copies whose originals are not seen: another client may have removed them since the last sync.

        Of what has no digest nothing is removed anyway.
        """
        ledger = self.connection.ledger
        sought = [one for one in removals if one.identity.digest]
        held = [Held(one.step.rows[0].id, one.identity.digest or b"", one.others) for one in sought]
        why = unproven(self.connection, held)
        left = {code: [one for one in sought if why.get(one.step.rows[0].id) == code] for code in set(why.values())}
        lost = left.pop(ABSENT, [])
        last = [one.step for one in lost if one.step.was_sought(one.identity.synced_at, ABSENT)]
        with ledger.begin() as uow:
            for step in last:
                ledger.conflicted(uow, step, LAST_PLACE)
        ledger.postpone((one.step for one in lost if one.step not in last), ABSENT)
        ledger.postpone((one.step for one in left.pop(RENUMBERED, ())), RENUMBERED)
        self._again(left.pop(UNTOLD, ()), UNTOLD)
        self._leave(left.pop(UNSURE, ()))
        return [one for one in removals if one.step.rows[0].id not in why]

    def _looked_at(self, removals: Sequence[Removal]) -> _Looked:
        """Sort copies by what lies at their places: each to the last octet, nothing any more, or another mail.

        Its place may be that of another mail of the same header and size: syncs and deliveries go by these. And a
        server that tells no size or header of a message, nor even flags, may hold it all the same.
        """
        session = self.connection.session
        told = {one.uid: one for one in session.metadata(UidSet.of(one.uid for one in removals))}
        fitting = [one for one in removals if one.uid in told and told[one.uid].size == one.identity.size]
        read = digests(session, UidSet.of(one.uid for one in fitting if one.identity.digest))
        same = {one.uid for one in fitting if one.identity.digest and read.get(one.uid) == one.identity.digest}
        there = presence(session, UidSet.of(one.uid for one in removals) - UidSet.of(told))
        found = _Looked()
        for one in removals:
            if one.uid in same:
                found.proven.append(one)
            elif one.uid in there.untold:
                found.untold.append(one)
            elif one.uid in told or one.uid in there.told:
                found.others.append(one)
            else:
                found.gone.append(one)
        return found

    def _expunge(self, removals: Sequence[Removal]) -> Presence:
        uids = UidSet.of(one.uid for one in removals)
        self.connection.session.expunge(uids)
        return presence(self.connection.session, uids)

    def _leave(self, removals: Sequence[Removal]) -> None:
        if removals:
            with self.connection.ledger.begin() as uow:
                for one in removals:
                    self.connection.ledger.conflicted(uow, one.step, UNSURE)

    def _again(self, removals: Sequence[Removal], code: str) -> None:
        if removals:
            with self.connection.ledger.begin() as uow:
                for one in removals:
                    self.connection.ledger.unconfirmed(uow, one.step, code)

    def _record(self, removals: Sequence[Removal], there: Presence) -> None:
        told = [one for one in removals if one.uid in there.told]
        gone = [one for one in removals if not there.is_there(one.uid)]
        # Without UIDPLUS more than the flag cannot be said.
        flagged = [one for one in told if DELETED in there.told[one.uid].keywords]
        with self.connection.ledger.begin() as uow:
            delivery.left(uow, [one.place for one in gone])
            confirmed.keywords(uow, [(one.place.placement_id, there.told[one.uid]) for one in told])
            self.connection.ledger.delivered(uow, [one.step for one in (*gone, *flagged)])
        self._again([one for one in told if one not in flagged], UNCONFIRMED)
        self._again([one for one in removals if one.uid in there.untold], UNTOLD)
