"""Look at all mailboxes of an account: in one go, or in as many slices of a job as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mailhelper_core.errors import InvalidError, ServerError, ends_connection
from mailhelper_core.model.source.held import NEVER_SEEN, HeldMailbox
from mailhelper_core.model.source.policy import INBOX
from mailhelper_core.model.source.remote import RemoteStatus
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import to_micros
from mailhelper_core.sync.look import UNSTABLE, Seen, is_unchanged, look, recall
from mailhelper_core.sync.looked import Looked, Scan
from mailhelper_core.sync.plan import Wanted, is_first_of_day
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.survey import is_many, survey
from mailhelper_core.sync.suspicion import blaming

# Mailboxes whose states are asked for together before they are looked at: a slice that ends wastes no more answers.
SURVEYED = 16
# An INBOX of more is looked at anew for what is new alone: a scan of its flags that takes longer than the time between
# two would leave no slice for anything else.
FEW = 200


def look_at_all(run: SyncRun, wanted: Sequence[Wanted]) -> list[Seen]:
    """Look at the mailboxes that are left; where none of them can be had for now, raise what was said last.

    Then it is the server. A slice that ends before keeps its place, and has looked at one mailbox at least, or stored
    something.
    """
    looks = _Looks(run)
    is_through = False
    try:
        is_through = looks.go_through(_left(run, wanted))
    finally:
        if run.looked or not is_through:
            looks.keep_place()
    if is_through and looks.refused is not None and not run.has_opened and not _can_open_any(run, looks.seen):
        raise looks.refused
    return looks.seen


def look_again(run: SyncRun, wanted: Sequence[Wanted]) -> list[Seen]:
    """Answer what earlier slices have looked at; INBOX is looked at anew, for the mail that came meanwhile."""
    seen: list[Seen] = []
    for held, remote in run.beating(wanted):
        if _is_left(run, held):
            continue
        if held.name != INBOX:
            seen.append(recall(run, held))
            continue
        with run.isolated(held), blaming(run, held):
            seen.append(look(run, held, remote.status, scanning="whole" if held.seen.messages <= FEW else "not_now"))
    return seen


def is_days_first(run: SyncRun) -> bool:
    """Say whether this is the first sync of a day, or goes on with its look."""
    if run.looked:
        return run.looked.is_days_first
    with run.owner.read() as uow:
        last_success = accounts.get(uow, run.account.owner, run.account.id).last_success_at
    return is_first_of_day(last_success, run.rhythm.now)


@dataclass(slots=True)
class _Looks:
    """The looks of one sync: what they saw, at which mailboxes they were, and what was refused last."""

    run: SyncRun
    seen: list[Seen] = field(default_factory=list)
    ids: set[int] = field(default_factory=set)
    scan: Scan | None = None
    refused: ServerError | None = None

    def go_through(self, left: Sequence[Wanted]) -> bool:
        """Look at each mailbox; answer False when the sync had to end before."""
        many = is_many(self.run, left)
        for part in _parts(left):
            if self._must_end():
                return False
            told = survey(self.run, part) if many else {}
            for held, remote in self.run.beating(part):
                if self._must_end():
                    return False
                self._look_at(held, remote.status or told.get(remote.name))
                if self.scan is not None:
                    return False
        return True

    def keep_place(self) -> None:
        """Let the next slice of the job go on with the other mailboxes."""
        place, looked = self.run.place, self.run.looked
        if place is None or not (self.seen or looked or self.scan):
            return  # nobody goes on, or the server has let us look at nothing
        began_at = looked.began_at or to_micros(self.run.rhythm.now)
        ids = looked.ids | UidSet.of(self.ids)
        scan = self.scan or (looked.scan if looked.scan and looked.scan.mailbox_id not in ids else None)
        place.keep(Looked(ids, began_at, is_days_first(self.run), scan))

    def _must_end(self) -> bool:
        has_got_on = bool(self.ids) or self.run.done > 0
        return self.run.is_cancelled and (has_got_on or self.run.place is None)

    def _look_at(self, held: HeldMailbox, status: RemoteStatus | None) -> None:
        if is_unchanged(self.run, held, status):
            self.seen.append(Seen(held))
            self.ids.add(held.id)
            return
        with self.run.isolated(held):
            try:
                with blaming(self.run, held):
                    found = look(self.run, held, status, scanning="in_parts")
            except (ServerError, InvalidError) as exc:
                self._note_refusal(held, exc)
                raise
            self.scan = found.scan
            if found.scan is None:
                self.seen.append(found)
                self.ids.add(held.id)

    def _note_refusal(self, held: HeldMailbox, error: ServerError | InvalidError) -> None:
        if ends_connection(error):
            return
        if not error.transient or held.seen == NEVER_SEEN:
            self.ids.add(held.id)  # each slice would begin with those that never let us in
        if isinstance(error, ServerError) and error.transient and error.code != UNSTABLE:
            self.refused = error


def _left(run: SyncRun, wanted: Sequence[Wanted]) -> Sequence[Wanted]:
    if not run.looked:
        return wanted
    return sorted((one for one in wanted if _is_left(run, one[0])), key=lambda one: one[0].suspect is not None)


def _is_left(run: SyncRun, held: HeldMailbox) -> bool:
    """Say whether a mailbox is to be looked at in its turn.

    One of which a message did not come is looked at again: the message may be gone by now.
    """
    return held.id not in run.looked.ids or (held.suspect is not None and held.name != INBOX)


def _parts(left: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    for first in range(0, len(left), SURVEYED):
        yield left[first : first + SURVEYED]


def _can_open_any(run: SyncRun, seen: Sequence[Seen]) -> bool:
    """Say whether the server opens a mailbox at all: of one that did not change only its state was read."""
    if not seen:
        return False
    try:
        with blaming(run, seen[0].held):
            run.open(seen[0].held)
    except ServerError as exc:
        if ends_connection(exc):
            raise
    return run.has_opened
