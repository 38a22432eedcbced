"""Look at a mailbox that changed: flags and deletions are stored at once, what is new becomes missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from mailhelper_core.errors import ServerError
from mailhelper_core.model.held import HeldMailbox
from mailhelper_core.model.remote import OpenedMailbox, RemoteFlags, RemoteStatus
from mailhelper_core.model.uidset import UidSet
from mailhelper_core.store import mailboxes, placements
from mailhelper_core.sync.plan import (
    Changes,
    MailboxPlan,
    ServerView,
    after_look,
    is_believable,
    plan_changes,
    plan_mailbox,
    renumbered,
)
from mailhelper_core.sync.run import SyncRun

T = TypeVar("T")
# Rows of one transaction: updates and deletions are cheaper than inserts.
CHUNK = 200
# Listings taken until two agree; a mailbox that changes faster waits for the next sync.
MAX_LISTINGS = 3


def look(run: SyncRun, held: HeldMailbox, status: RemoteStatus | None) -> HeldMailbox:
    """Bring what is held of a mailbox up to what the server says; one that did not change is not opened."""
    plan = _plan(run, held, status or run.session.status(held.name))
    if plan.look in ("skip", "fetch"):
        return held
    opened = run.open(held, resume=held.resume if plan.look == "resync" else None)
    plan = _plan(run, held, opened.status)
    if plan.look in ("skip", "fetch"):
        return held
    run.tally.mailboxes_changed += 1
    was_empty = not held.known
    held = renumbered(held) if plan.renumbered else held
    view = _view(run, plan, held, opened, was_empty=was_empty)
    changes = plan_changes(view, held)
    if changes.doubt and view.listing is None:
        changes = plan_changes(replace(view, listing=_listing(run, held, opened, was_empty=was_empty)), held)
    if plan.scan_flags or not held.stored:
        held = replace(held, flags_scanned_at=run.now)
    return _carry_out(run, held, opened.status, changes)


def _plan(run: SyncRun, held: HeldMailbox, status: RemoteStatus) -> MailboxPlan:
    scan_every = timedelta(seconds=run.settings.flag_scan_seconds)
    return plan_mailbox(status, held, run.session.info, now=run.now, scan_every=scan_every)


def _view(run: SyncRun, plan: MailboxPlan, held: HeldMailbox, opened: OpenedMailbox, *, was_empty: bool) -> ServerView:
    """Ask the open mailbox in the way that its family understands; store the flags that it tells."""
    messages = opened.status.messages
    if plan.look == "resync" and opened.delta is not None:
        changed = _store_flags(run, held, opened.delta.changed)
        return ServerView(messages, changed=changed, vanished=opened.delta.vanished)
    if plan.look in ("resync", "changed"):
        every = UidSet.of_ranges([(1, max(opened.status.uid_next - 1, held.known.highest(), 1))])
        told = run.session.flags(every, changed_since=held.seen.highest_mod_seq)
        return ServerView(messages, changed=_store_flags(run, held, told))
    listing = _listing(run, held, opened, was_empty=was_empty)
    if plan.scan_flags:
        _store_flags(run, held, run.session.flags(held.stored & listing))
    return ServerView(messages, listing=listing)


def _listing(run: SyncRun, held: HeldMailbox, opened: OpenedMailbox, *, was_empty: bool) -> UidSet:
    """List all uids, again until the listing can be believed."""
    previous, messages = None, opened.status.messages
    for _ in range(MAX_LISTINGS):
        listing = run.session.uids()
        if is_believable(listing, messages, was_empty=was_empty, previous=previous):
            return listing
        previous = listing
        again = run.open(held).status
        if again.uid_validity != opened.status.uid_validity:
            break
        messages = again.messages
    raise ServerError("the mailbox does not hold still; it is looked at again later", code="unstable")


def _store_flags(run: SyncRun, held: HeldMailbox, told: Iterable[RemoteFlags]) -> UidSet:
    """Store the flags of what is stored, a transaction a chunk; answer all uids that were told of."""
    uids: list[int] = []
    for chunk in _chunks(run.beating(told)):
        uids += [one.uid for one in chunk]
        stored = [one for one in chunk if one.uid in held.stored]
        with run.owner.read() as uow:
            differing = placements.differing(uow, held, stored)
        if differing:
            with run.begin() as uow:
                run.tally.updated += placements.update_keywords(uow, held, differing)
    return UidSet.of(uids)


def _carry_out(run: SyncRun, held: HeldMailbox, status: RemoteStatus, changes: Changes) -> HeldMailbox:
    """Remove the places that are gone; what was seen is written last, so that a half-done look is repeated."""
    for chunk in _chunks(changes.gone & held.stored):
        some = Changes(gone=UidSet.of(chunk))
        held = after_look(held, held.seen, some)
        with run.begin() as uow:
            run.tally.orphans.update(placements.remove(uow, held, some.gone))
            mailboxes.save(uow, held)
    held = after_look(held, status, changes)
    with run.begin() as uow:
        mailboxes.save(uow, held)
    return held


def _chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
