"""Deliver moves and copies: an intent row before each, so that a replay looks before it repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from mailhelper_core.actions.arrivals import UNSURE, Arrived, Begun, look
from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.errors import ServerError
from mailhelper_core.model.mail.keyword import DELETED
from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.source.remote import Placed, RemoteFlags, RemoteStatus
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.store.work import confirmed, delivery, outbox
from mailhelper_core.store.work.delivery import Arrival, Located
from mailhelper_core.store.work.identities import Identity

# Neither where it was nor where it was sent.
GONE = "gone"


class Route(NamedTuple):
    """From where to where, and whether to move or to copy."""

    is_move: bool
    mailbox: str
    uid_validity: int
    target: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A message on its way into another mailbox; source is None when no sync has seen it anywhere any more."""

    step: Step
    target: Place
    source: Located | None
    identity: Identity

    @property
    def is_move(self) -> bool:
        """Say whether it leaves its source."""
        return isinstance(self.step.operation, MoveMessage)

    @property
    def id(self) -> int:
        """The entry that makes it."""
        return self.step.rows[-1].id

    @property
    def route(self) -> Route:
        """From where to where; those with one route go together."""
        mailbox, uid_validity = (self.source.mailbox, self.source.uid_validity) if self.source else ("", 0)
        return Route(self.is_move, mailbox, uid_validity, self.target.mailbox)

    @property
    def uid(self) -> int:
        """The uid in the source, 0 when there is none."""
        return (self.source.uid or 0) if self.source else 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A transfer that arrived under a uid; remaining is what its source still says, which should be nothing."""

    transfer: Transfer
    uid: int
    remaining: RemoteFlags | None = None

    @property
    def arrival(self) -> Arrival:
        """What the store is told."""
        source = self.transfer.source
        return Arrival(self.transfer.step.rows[-1], self.uid, source.keywords if source else None)


@dataclass(slots=True)
class TransferDelivery:
    """Carries out the moves and copies of one round."""

    connection: Connection
    batch: int
    _intents: dict[int, Mapping[str, int]] = field(default_factory=dict)

    def deliver(self, transfers: Sequence[Transfer]) -> None:
        """Send those of one route together."""
        self._intents |= {one.id: one.step.rows[-1].intent for one in transfers if one.step.rows[-1].intent}
        groups: dict[object, list[Transfer]] = defaultdict(list)
        for one in transfers:
            groups[one.route].append(one)
        for group in groups.values():
            for start in range(0, len(group), self.batch):
                self.connection.in_halves(self._attempt, group[start : start + self.batch])

    def _attempt(self, transfers: Sequence[Transfer]) -> list[Sequence[Transfer]]:
        """Look for what an earlier attempt may have made, then send the rest."""
        tried = [one for one in transfers if one.id in self._intents]
        fresh = [one for one in transfers if one.id not in self._intents]
        try:
            fresh += self._verify(tried) if tried else []
        except ServerError as exc:
            return self.connection.refused(transfers, exc)
        return self._send(fresh) if fresh else []

    def _send(self, transfers: Sequence[Transfer]) -> list[Sequence[Transfer]]:
        first, steps = transfers[0], _steps(transfers)
        session = self.connection.session
        try:
            status = self.connection.status(first.target.mailbox, steps)
            opened = self.connection.open(first.route.mailbox, first.route.uid_validity, steps)
        except ServerError as exc:
            return self.connection.unprepared(transfers, exc)
        if opened is None:
            return []
        if opened.read_only and first.is_move:
            self._refuse(steps, "read_only")
            return []
        transfers = self._claim(transfers, status)
        if not transfers:
            return []
        uids = UidSet.of(one.uid for one in transfers)
        try:
            placed = (session.move if first.is_move else session.copy)(uids, first.target.mailbox)
            self._settle(transfers, placed)
        except ServerError as exc:
            return self.connection.refused(transfers, exc)
        return []

    def _claim(self, transfers: Sequence[Transfer], status: RemoteStatus) -> list[Transfer]:
        # What an earlier attempt of this call may have copied lies below the uid_next of now.
        earlier = [self._intents[one.id] for one in transfers if one.id in self._intents]
        same = [intent["uid_next"] for intent in earlier if intent["uid_validity"] == status.uid_validity]
        intent = {"uid_validity": status.uid_validity, "uid_next": min([status.uid_next, *same])}
        if transfers[0].source:
            intent["source"] = transfers[0].source.mailbox_id
        claimed = self.connection.ledger.claim(transfers, intent)
        self._intents |= {one.id: intent for one in claimed}
        return claimed

    def _settle(self, transfers: Sequence[Transfer], placed: Placed) -> None:
        pairs = dict(placed.uids)
        ledger = self.connection.ledger
        self._write(placed.uid_validity, [Settled(one, pairs[one.uid]) for one in transfers if one.uid in pairs])
        untold = [one for one in transfers if one.uid not in pairs]
        for one in self._verify(untold, was_accepted=True) if untold else ():
            with ledger.begin() as uow:
                ledger.unconfirmed(uow, one.step)

    def _verify(self, transfers: Sequence[Transfer], *, was_accepted: bool = False) -> list[Transfer]:
        """Settle what has arrived; answer what is still in its source only.

        was_accepted: the server has just said OK. Then what remains of a move, flagged, is what it could not expunge.
        """
        present = self._present(transfers)
        if present is None:
            return []
        arrived = self._arrived(transfers, present, was_accepted=was_accepted)
        not_made, settled = [], []
        for one in transfers:
            uid, remaining = arrived.found.uids.get(one.id), present.get(one.uid)
            if uid is not None:
                settled.append(Settled(one, uid, remaining if one.is_move else None))
            elif remaining is None:
                self._lost(one)
            elif one.id in arrived.found.unsure:
                self._refuse([one.step], UNSURE)
            else:
                not_made.append(one)
        self._write(arrived.uid_validity, self._finished(settled, was_accepted=was_accepted))
        return not_made

    def _arrived(
        self, transfers: Sequence[Transfer], present: Mapping[int, RemoteFlags], *, was_accepted: bool
    ) -> Arrived:
        """Look for the copies; one that is still in its source is taken for copied only where that is proved."""
        begun = [
            Begun(
                one.id,
                one.step.message_id,
                one.identity,
                self._intents[one.id],
                needs_proof=one.uid in present and (not was_accepted or _is_halfway(one, present[one.uid])),
            )
            for one in transfers
        ]
        return look(self.connection, transfers[0].target, begun)

    def _present(self, transfers: Sequence[Transfer]) -> dict[int, RemoteFlags] | None:
        """Answer what is still in the source; None when its uids are not those we know."""
        route = transfers[0].route
        if not route.mailbox:
            return {}
        if self.connection.open(route.mailbox, route.uid_validity, _steps(transfers)) is None:
            return None
        uids = UidSet.of(one.uid for one in transfers)
        return {told.uid: told for told in self.connection.session.flags(uids)}

    def _finished(self, settled: Sequence[Settled], *, was_accepted: bool) -> list[Settled]:
        """Finish moves that stopped after their copies; what stays behind is where only \\Deleted can be said."""
        halfway: list[Settled] = []
        done: list[Settled] = []
        for one in settled:
            is_left = one.remaining and (not was_accepted or _is_halfway(one.transfer, one.remaining))
            (halfway if is_left else done).append(one)
        if not halfway:
            return done
        route = halfway[0].transfer.route
        if self.connection.open(route.mailbox, route.uid_validity, [one.transfer.step for one in halfway]) is None:
            return done
        uids = UidSet.of(one.transfer.uid for one in halfway)
        self.connection.session.expunge(uids)
        present = {told.uid: told for told in self.connection.session.flags(uids)}
        return done + [replace(one, remaining=present.get(one.transfer.uid)) for one in halfway]

    def _write(self, uid_validity: int, settled: Sequence[Settled]) -> None:
        if not settled:
            return
        moved = [one for one in settled if one.transfer.is_move and one.transfer.source]
        with self.connection.ledger.begin() as uow:
            target = settled[0].transfer.target
            delivery.arrived(uow, target, uid_validity, [one.arrival for one in settled])
            sources = {one.transfer.step.message_id: self._intents[one.transfer.id].get("source", 0) for one in settled}
            outbox.follow(uow, target.mailbox_id, sources)
            gone = [one.transfer.source for one in moved if one.transfer.source and one.remaining is None]
            delivery.left(uow, gone)
            kept = [
                (one.transfer.source.placement_id, one.remaining)
                for one in moved
                if one.transfer.source and one.remaining
            ]
            confirmed.keywords(uow, kept)
            self.connection.ledger.delivered(uow, [one.transfer.step for one in settled])

    def _lost(self, one: Transfer) -> None:
        if one.identity.is_gone or one.step.was_sought(one.identity.synced_at, GONE):
            with self.connection.ledger.begin() as uow:
                if one.source:  # in a mailbox at which no sync looks today
                    delivery.missed(uow, one.source)
                self.connection.ledger.conflicted(uow, one.step, GONE)
        else:
            self.connection.ledger.postpone([one.step], GONE)

    def _refuse(self, steps: Sequence[Step], code: str) -> None:
        with self.connection.ledger.begin() as uow:
            for step in steps:
                self.connection.ledger.conflicted(uow, step, code)


def _steps(transfers: Sequence[Transfer]) -> list[Step]:
    return [one.step for one in transfers]


def _is_halfway(one: Transfer, remaining: RemoteFlags) -> bool:
    """Say whether a move has copied and not even flagged what it leaves."""
    return one.is_move and DELETED not in remaining.keywords
