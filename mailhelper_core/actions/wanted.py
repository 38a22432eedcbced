"""What one STORE is to say of one message, whole or in parts; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from mailhelper_core.actions.coalesce import Step
from mailhelper_core.actions.conditions import is_outdated, unchanged_since
from mailhelper_core.model.source.remote import RemoteFlags
from mailhelper_core.model.work.operation import AddKeyword, RemoveKeyword
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step at one of its places; is_part: some keywords of one that was refused whole."""

    step: Step
    place: Located
    is_part: bool = False

    @property
    def command(self) -> tuple[str, int, frozenset[str], frozenset[str], int | None]:
        """What one STORE says; those with equal commands go together."""
        return self.place.mailbox, self.place.uid_validity, self.step.add, self.step.remove, self.since

    @property
    def since(self) -> int | None:
        """The mod_seq above which the server shall refuse; None where the place must be looked at first."""
        return unchanged_since(self.step.rows[0], self.place)

    @property
    def is_outdated(self) -> bool:
        """Say whether others have changed the message where a rule has not seen it, to another end."""
        row, step = self.step.rows[0], self.step
        if row.decided_on.get(self.place.mailbox_id) or is_done(self.place.keywords, step.add, step.remove):
            return False  # the server tells, or there is nothing to tell
        return is_outdated(row, self.place)

    def as_told(self, told: RemoteFlags, newest: int) -> Wanted:
        """Answer the same at a place of which the server has just said this, as of a mod_seq."""
        place = replace(self.place, keywords=told.keywords, mod_seq=told.mod_seq, seen_mod_seq=newest)
        return replace(self, place=place)

    def halves(self) -> list[Wanted]:
        """Answer the same in two parts of its keywords, each with the rows that speak of them; one keyword is no part.

        Keywords do not depend on each other, so the parts have the result of the whole.
        """
        keywords = sorted(self.step.add | self.step.remove)
        middle = (len(keywords) + 1) // 2
        parts = [frozenset(part) for part in (keywords[:middle], keywords[middle:]) if part]
        return [self._of(part) for part in parts] if len(parts) > 1 else []

    def left(self, ended: Collection[int], parked: Collection[int]) -> list[Wanted]:
        """Answer what is left to send, now that at another place of the message some of its entries ended, or wait.

        Those that wait are sent only where nothing else is to be sent: then they hold up nothing.
        """
        alive = {_keyword(row): row.id in parked for row in self.step.rows if row.id not in ended}
        free = {keyword for keyword, waits in alive.items() if not waits} or set(alive)
        if free == self.step.add | self.step.remove:
            return [self]
        return [self._of(frozenset(free))] if free else []

    def anew(self, rows: Mapping[int, OutboxRow], place: Located) -> Wanted:
        """Answer a part as it stands now that others of its parts were carried out: what it rests on, and its place."""
        read = [(row, rows.get(row.id, row)) for row in self.step.rows]
        # Not its attempts: what is sent in parts is one attempt.
        fresh = [replace(row, decided_on=now.decided_on, decided_keywords=now.decided_keywords) for row, now in read]
        return Wanted(self.step.of(fresh), place)

    def _of(self, keywords: frozenset[str]) -> Wanted:
        spoken = [row for row in self.step.rows if _keyword(row) in keywords]
        first = spoken[0].operation
        step = Step(tuple(spoken), first, self.step.add & keywords, self.step.remove & keywords)
        return Wanted(step, self.place, is_part=True)


def is_done(keywords: frozenset[str], add: frozenset[str], remove: frozenset[str]) -> bool:
    """Say whether a message that carries these keywords is as it was wanted."""
    return add <= keywords and not remove & keywords


def _keyword(row: OutboxRow) -> str:
    return row.operation.keyword if isinstance(row.operation, AddKeyword | RemoveKeyword) else ""
