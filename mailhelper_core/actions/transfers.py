"""Deliver moves and copies: an intent row before each, so that a replay looks before it repeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.actions.arrivals import UNSURE, Arrived, Begun, look
from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.ledger import UNCONFIRMED
from mailhelper_core.actions.presence import UNTOLD, Presence, presence
from mailhelper_core.actions.transit import Settled, Transfer, is_halfway
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import Placed, RemoteStatus, StepwiseSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.work import confirmed, delivery, outbox

# Neither where it was nor where it was sent.
GONE = "gone"


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
        moves = first.is_move and not self._in_steps
        try:
            placed = (session.move if moves else session.copy)(uids, first.target.mailbox)
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
        claimed: list[Transfer] = []
        for group in _by_doubt(transfers):
            mine = intent | ({"source_uid": group[0].uid} if group[0].has_twin else {})
            taken = self.connection.ledger.claim(group, mine)
            self._intents |= {one.id: mine for one in taken}
            claimed += taken
        return claimed

    def _settle(self, transfers: Sequence[Transfer], placed: Placed) -> None:
        pairs = dict(placed.uids)
        told = [Settled(one, pairs[one.uid]) for one in transfers if one.uid in pairs]
        leaves = told and told[0].transfer.is_move and self._in_steps
        self._conclude(placed.uid_validity, self._remove_sources(told) if leaves else told, was_accepted=True)
        unplaced = [one for one in transfers if one.uid not in pairs]
        not_made = self._verify(unplaced, was_accepted=True) if unplaced else []
        self._doubt(not_made, UNCONFIRMED, was_accepted=True)

    @property
    def _in_steps(self) -> bool:
        """Say whether a move is a copy that is to be seen before its source is removed."""
        session = self.connection.session
        return isinstance(session, StepwiseSession) and session.moves_in_steps

    def _verify(self, transfers: Sequence[Transfer], *, was_accepted: bool = False) -> list[Transfer]:
        """Settle what has arrived; answer what is still in its source only.

        was_accepted: the server has just said OK. Then what remains of a move, flagged, is what it could not expunge.
        """
        there = self._present(transfers)
        if there is None:
            return []
        arrived = self._arrived(transfers, there, was_accepted=was_accepted)
        not_made, settled, untold, hidden = [], [], [], []
        for one in transfers:
            uid = arrived.found.uids.get(one.id)
            if uid is not None:
                settled.append(Settled(one, uid).seen(there))
            elif one.id in arrived.untold and one.uid in there.told:
                hidden.append(one)  # what is untold there may have nothing to do with it
            elif one.id in arrived.untold or one.uid in there.untold:
                untold.append(one)
            elif not there.is_there(one.uid):
                self._lost(one)
            elif one.id in arrived.found.unsure:
                self._refuse([one.step], UNSURE)
            else:
                not_made.append(one)
        self._doubt(untold, UNTOLD, was_accepted=was_accepted)
        self._doubt(hidden, UNTOLD, was_accepted=was_accepted, counts=False)
        finished = self._finished(settled, was_accepted=was_accepted)
        self._conclude(arrived.uid_validity, finished, was_accepted=was_accepted)
        return not_made

    def _arrived(self, transfers: Sequence[Transfer], there: Presence, *, was_accepted: bool) -> Arrived:
        """Look for the copies; one that is still in its source is taken for copied only where that is proved."""
        begun = [
            Begun(
                one.id,
                one.step.message_id,
                one.identity,
                self._intents[one.id],
                needs_proof=there.is_there(one.uid) and (not was_accepted or self._is_suspect(one, there)),
            )
            for one in transfers
        ]
        return look(self.connection, transfers[0].target, begun)

    def _is_suspect(self, one: Transfer, there: Presence) -> bool:
        """Say whether a server that said OK to a move has left its source as it was; one that only copies must."""
        return not self._in_steps and (one.uid in there.untold or is_halfway(one, there.told[one.uid]))

    def _present(self, transfers: Sequence[Transfer]) -> Presence | None:
        """Answer what is still in the source; None when its uids are not those we know."""
        route = transfers[0].route
        if not route.mailbox:
            return Presence()
        if self.connection.open(route.mailbox, route.uid_validity, _steps(transfers)) is None:
            return None
        return presence(self.connection.session, UidSet.of(one.uid for one in transfers))

    def _finished(self, settled: Sequence[Settled], *, was_accepted: bool) -> list[Settled]:
        """Finish moves that stopped after their copies; what stays behind is where only \\Deleted can be said."""
        halfway: list[Settled] = []
        done: list[Settled] = []
        for one in settled:
            is_left = one.is_untold or (one.remaining and (not was_accepted or one.is_kept))
            (halfway if is_left else done).append(one)
        return done + self._remove_sources(halfway)

    def _remove_sources(self, settled: Sequence[Settled]) -> list[Settled]:
        """Remove the sources of moves whose copies are there, and see what becomes of them."""
        if not settled:
            return []
        route = settled[0].transfer.route
        if self.connection.open(route.mailbox, route.uid_validity, [one.transfer.step for one in settled]) is None:
            return []
        uids = UidSet.of(one.transfer.uid for one in settled)
        self.connection.session.expunge(uids)
        there = presence(self.connection.session, uids)
        return [one.seen(there) for one in settled]

    def _conclude(self, uid_validity: int, settled: Sequence[Settled], *, was_accepted: bool) -> None:
        """End what has arrived and left; what stayed though its removal was accepted is tried again."""
        untold = [one.transfer for one in settled if one.is_untold]
        kept = [one.transfer for one in settled if one.is_kept]
        self._write(uid_validity, [one for one in settled if not one.is_untold and not one.is_kept])
        self._doubt(untold, UNTOLD, was_accepted=was_accepted)
        self._doubt(kept, UNCONFIRMED, was_accepted=was_accepted)

    def _doubt(self, transfers: Sequence[Transfer], code: str, *, was_accepted: bool, counts: bool = True) -> None:
        """Try again, but not for ever; what was only looked for is an attempt as well.

        counts: whether a few attempts are enough; otherwise only its age ends it.
        """
        ledger = self.connection.ledger
        again = ledger.unconfirmed if counts else ledger.again
        claimed = ledger.claim(transfers) if transfers and not was_accepted else transfers
        if claimed:
            with ledger.begin() as uow:
                for one in claimed:
                    again(uow, one.step, code)

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


def _by_doubt(transfers: Sequence[Transfer]) -> list[Sequence[Transfer]]:
    """Put each that has a twin by itself: which of the two it takes is noted too."""
    others = [one for one in transfers if not one.has_twin]
    return [*([others] if others else []), *([one] for one in transfers if one.has_twin)]


def _steps(transfers: Sequence[Transfer]) -> list[Step]:
    return [one.step for one in transfers]
