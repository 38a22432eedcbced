"""Deliver keywords: one additive STORE for many messages, confirmed by what the server says they carry now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.conditions import is_outdated
from mailhelper_core.actions.connection import Connection
from mailhelper_core.actions.ledger import UNCONFIRMED
from mailhelper_core.actions.presence import UNTOLD, Presence, presence
from mailhelper_core.actions.wanted import Wanted, is_done
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import OpenedMailbox, RemoteFlags
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AddKeyword, RemoveKeyword
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import confirmed, delivery, identities, outbox
from mailhelper_core.store.work.outbox import UNFINISHED, OutboxRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step at one place: the keywords there now, or why they are not known.

    changed_at: the number of the last change before our command, where it was asked: behind ours the server's numbers
    tell nothing of it any more.
    """

    told: RemoteFlags | None = None
    problem: str = ""
    forbidden: frozenset[str] = frozenset()
    changed_at: int = 0


# A number of a last change that is not told may be any: what rests on it must not be sent.
NOT_KNOWN = 2**63
CHANGED = Outcome(problem="changed_since")
GONE = Outcome(problem="gone")
UNTOLD_PLACE = Outcome(problem=UNTOLD)


@dataclass(slots=True)
class KeywordDelivery:
    """Carries out the keyword steps of one round; `rows` are all waiting rows of their messages.

    What is expected, and how it came out, is noted for each row: at one place of a message its keywords may go
    together, at another apart.
    """

    connection: Connection
    rows: dict[int, Sequence[OutboxRow]]
    batch: int
    _expected: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    _outcomes: dict[int, list[Outcome]] = field(default_factory=lambda: defaultdict(list))

    def deliver(self, wanted: Sequence[Wanted]) -> None:
        """Send one STORE for all that want the same of the same mailbox."""
        for one in wanted:
            for row in one.step.rows:
                self._expected[row.id] += 1
        for group in self._groups(wanted):
            for start in range(0, len(group), self.batch):
                self.connection.in_halves(self._send, group[start : start + self.batch])

    def _groups(self, wanted: Sequence[Wanted]) -> list[Sequence[Wanted]]:
        groups: dict[object, list[Wanted]] = defaultdict(list)
        self._record([one for one in wanted if one.is_outdated], {}, default=CHANGED)
        for one in wanted:
            if not one.is_outdated:
                groups[one.command].append(one)
        return list(groups.values())

    def _send(self, wanted: Sequence[Wanted]) -> list[Sequence[Wanted]]:
        ledger = self.connection.ledger
        left = [part for one in wanted for part in one.left(ledger.ended, ledger.parked)]
        if any(one.is_part for one in left) or len(left) < len(wanted):
            return self._groups(self._anew(left))
        steps = [one.step for one in wanted]
        place = wanted[0].place
        try:
            opened = self.connection.open(place.mailbox, place.uid_validity, steps)
        except ServerError as exc:
            return self.connection.unprepared(wanted, exc)
        if opened is None:
            return []
        refusal = _refusal(wanted[0], opened)
        if refusal:
            self._record(wanted, {}, default=Outcome(problem=refusal))
            return []
        wanted = ledger.claim(wanted)
        try:
            wanted = self._looked_at(wanted, opened)
            outcomes = self._store(wanted, opened) if wanted else {}
        except ServerError as exc:
            return self.connection.refused(wanted, exc, parts=_by_keywords)
        self._record(wanted, outcomes, default=GONE)
        return []

    def _anew(self, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Read again what parts of a refused step rest on: another part may have changed the message since."""
        ids = [one.step.message_id for one in wanted]
        with self.connection.ledger.owner.read() as uow:
            found = outbox.rows(uow, [row.id for id_ in ids for row in self.rows[id_]])
            places = {one.placement_id: one for some in delivery.places(uow, ids).values() for one in some}
        rows = {row.id: row for row in found if row.state in UNFINISHED}
        for id_ in ids:
            self.rows[id_] = [rows[row.id] for row in self.rows[id_] if row.id in rows]
        return [one.anew(rows, places.get(one.place.placement_id, one.place)) for one in wanted]

    def _looked_at(self, wanted: Sequence[Wanted], opened: OpenedMailbox) -> Sequence[Wanted]:
        """Ask the server for what no sync has seen since it arrived, and leave what a rule decided on another state.

        All are then known as of now, so the newest mod_seq is the condition for all.
        """
        if not wanted or wanted[0].since is not None or not opened.status.highest_mod_seq:
            return wanted
        uids = UidSet.of(one.place.uid or 0 for one in wanted)
        there = presence(self.connection.session, uids)
        told = there.told
        newest = max([opened.status.highest_mod_seq, *(one.mod_seq for one in told.values())])
        seen = [one.as_told(told[one.place.uid or 0], newest) for one in wanted if one.place.uid in told]
        self._record([one for one in wanted if one.place.uid not in told], _untold(there), default=GONE)
        self._record([one for one in seen if one.is_outdated], {}, default=CHANGED)
        return [one for one in seen if not one.is_outdated]

    def _store(self, wanted: Sequence[Wanted], opened: OpenedMailbox) -> dict[int, Outcome]:
        """Answer the outcomes by uid; a uid that the server does not have (any more) has none."""
        session = self.connection.session
        since, add, remove = wanted[0].since or 0, wanted[0].step.add, wanted[0].step.remove
        forbidden = _forbidden(wanted[0], opened)
        uids = UidSet.of(one.place.uid or 0 for one in wanted)
        before = {} if since else self._changed_at(wanted)
        answer = session.store(uids, add=add - forbidden, remove=remove - forbidden, unchanged_since=since)
        outcomes = {told.uid: Outcome(told, "", forbidden, before.get(told.uid, 0)) for told in answer}
        silent = uids - UidSet.of(outcomes)
        there = presence(session, silent)
        outcomes |= _untold(there)
        for told in there.told.values():
            # There, but not changed: the condition did not hold, unless somebody else has done the same.
            is_conflict = since and not is_done(told.keywords, add, remove)
            outcomes[told.uid] = CHANGED if is_conflict else Outcome(told, "", forbidden, told.mod_seq if since else 0)
        return outcomes

    def _changed_at(self, wanted: Sequence[Wanted]) -> dict[int, int]:
        """Answer by uid the number of the last change of a message, where a rule waits behind the owner's word."""
        asked = [
            one.place.uid or 0
            for one in wanted
            if any(row.decided_on.get(one.place.mailbox_id) for row in self._rule_s(one))
        ]
        if not asked:
            return {}
        told = self.connection.session.flags(UidSet.of(asked))
        return dict.fromkeys(asked, NOT_KNOWN) | {one.uid: one.mod_seq for one in told}

    def _rule_s(self, one: Wanted) -> list[OutboxRow]:
        """Answer what rules decided about keywords of the same message, and what waits behind this step."""
        rows = [row for row in self.rows[one.step.message_id] if row.id not in one.step.ids]
        keywords = [row for row in rows if isinstance(row.operation, AddKeyword | RemoveKeyword)]
        return [row for row in keywords if row.decided_by != "owner"]

    def _record(self, wanted: Sequence[Wanted], outcomes: Mapping[int, Outcome], *, default: Outcome) -> None:
        if not wanted:
            return
        ended: dict[str, list[Step]] = defaultdict(list)
        with self.connection.ledger.begin() as uow:
            told = []
            for one in wanted:
                outcome = outcomes.get(one.place.uid or 0, default)
                if outcome.told is not None:
                    told.append((one.place.placement_id, outcome.told))
                    self._carry(uow, one, outcome.told, outcome.changed_at)
                for code, rows in self._results(one.step, outcome).items():
                    ended[code].append(one.step.of(rows))
            confirmed.keywords(uow, told)
            self._end(uow, ended)
            self._miss(uow, [one for one in wanted if outcomes.get(one.place.uid or 0, default) is GONE])
        self.connection.ledger.postpone(ended.get("gone", ()), "gone")

    def _miss(self, uow: UnitOfWork, gone: Sequence[Wanted]) -> None:
        """Remove places that the server lacks although a sync has passed since: today none looks there."""
        known = identities.of(uow, [one.step.message_id for one in gone])
        for one in gone:
            identity = known.get(one.step.message_id)
            if identity and one.step.was_sought(identity.synced_at, GONE.problem):
                delivery.missed(uow, one.place)

    def _results(self, step: Step, outcome: Outcome) -> dict[str, list[OutboxRow]]:
        """Answer the rows of which nothing more is expected, by how they ended: "" for delivered."""
        results: dict[str, list[OutboxRow]] = defaultdict(list)
        for row in step.rows:
            outcomes = self._outcomes[row.id]
            outcomes.append(outcome)
            if len(outcomes) == self._expected[row.id]:
                results[_result(row, step, outcomes)].append(row)
        return results

    def _carry(self, uow: UnitOfWork, one: Wanted, told: RemoteFlags, changed_at: int) -> None:
        """Let what rules decided on how the message was before still stand, if nobody but us has changed it since.

        If somebody has, our change must not hide it: such rules get a number that the server refuses.
        """
        if not told.mod_seq:
            return
        place, add, remove = one.place, one.step.add, one.step.remove
        is_ours = told.keywords == (place.keywords | add) - remove
        rule_s = self._rule_s(one)
        standing = [
            row.id
            for row in rule_s
            if is_ours
            and changed_at <= row.decided_on.get(place.mailbox_id, place.mod_seq)
            and not is_outdated(row, place)
        ]
        confirmed.decided_anew(uow, standing, {place.mailbox_id: told.mod_seq}, add=add, remove=remove)
        numberless = [row.id for row in rule_s if row.id not in standing and not row.decided_on.get(place.mailbox_id)]
        confirmed.decided_anew(uow, numberless, {place.mailbox_id: max(1, place.mod_seq - 1)})

    def _end(self, uow: UnitOfWork, ended: Mapping[str, Sequence[Step]]) -> None:
        ledger = self.connection.ledger
        ledger.delivered(uow, ended.get("", ()))
        for code in (UNCONFIRMED, UNTOLD):
            for step in ended.get(code, ()):
                ledger.unconfirmed(uow, step, code)
        for code in ended.keys() - {"", GONE.problem, UNCONFIRMED, UNTOLD}:
            for step in ended[code]:
                ledger.conflicted(uow, step, code)


def _refusal(one: Wanted, opened: OpenedMailbox) -> str:
    if opened.read_only:
        return "read_only"
    wanted = one.step.add | one.step.remove
    return "not_permanent" if wanted == _forbidden(one, opened) else ""


def _forbidden(one: Wanted, opened: OpenedMailbox) -> frozenset[str]:
    allowed = opened.permanent_keywords
    return frozenset() if allowed is None else (one.step.add | one.step.remove) - allowed


def _untold(there: Presence) -> dict[int, Outcome]:
    return dict.fromkeys(there.untold, UNTOLD_PLACE)


def _by_keywords(wanted: Sequence[Wanted]) -> list[Sequence[Wanted]]:
    """Cut what wants the same into two parts of its keywords: rather than a message, a server refuses a keyword."""
    return list(zip(*(one.halves() for one in wanted), strict=True))


def _result(row: OutboxRow, step: Step, outcomes: Sequence[Outcome]) -> str:
    told = [outcome.told for outcome in outcomes if outcome.told is not None]
    if not told:
        return min(outcome.problem for outcome in outcomes)
    if GONE in outcomes:  # from one of its places it may have been moved: a sync finds where, or that it is nowhere
        return GONE.problem
    if UNTOLD_PLACE in outcomes:  # nobody knows whether it was done there
        return UNTOLD
    if not isinstance(row.operation, AddKeyword | RemoveKeyword):
        return ""
    keyword = row.operation.keyword
    if any(keyword in outcome.forbidden for outcome in outcomes if outcome.told):
        return "not_permanent"
    wanted = keyword in step.add
    return "" if all((keyword in one.keywords) == wanted for one in told) else UNCONFIRMED
