"""Look at a mailbox that changed: flags and deletions are stored at once, what is new is missing until fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.source.held import NEVER_SEEN, HeldMailbox, HeldUids
from mailhelper_core.model.source.remote import OpenedMailbox, RemoteStatus, Resume
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.store.mail import mailboxes, placements
from mailhelper_core.store.unit_of_work import moment
from mailhelper_core.sync.flags import Scanning, begun_scan, chunks, scan, store_flags
from mailhelper_core.sync.looked import Scan
from mailhelper_core.sync.plan import (
    Changes,
    MailboxPlan,
    ServerView,
    after_look,
    is_believable,
    plan_changes,
    plan_mailbox,
    renumbered,
    widens,
    with_window,
)
from mailhelper_core.sync.reused import Found, find_others
from mailhelper_core.sync.run import SyncRun

# Listings taken until two agree; a mailbox that changes faster waits for the next sync.
MAX_LISTINGS = 3
# The code of a mailbox whose listings do not agree.
UNSTABLE = "unstable"
# How a mailbox is looked at of which no state was told: opening it tells what to do.
OPEN_TO_SEE = MailboxPlan("listing")


@dataclass(frozen=True, slots=True)
class Seen:
    """A mailbox after the look: what is held, and which of its uids must be fetched.

    bodiless: the messages, by uid, that are stored without their body and may have it now. scan: how far a flag scan
    came that must go on; of the mailbox nothing else is noted then.
    """

    held: HeldMailbox
    missing: UidSet = NO_UIDS
    left_out: UidSet = NO_UIDS
    is_first: bool = False
    bodiless: Mapping[int, int] = field(default_factory=dict)
    scan: Scan | None = None

    @property
    def is_unfinished(self) -> bool:
        """Say whether something is to be fetched or noted."""
        return bool(self.missing) or not self.held.is_complete or self.held.has_stale


@dataclass(frozen=True, slots=True)
class _Sight:
    """An open mailbox: what was held before, how to look at it, what opening it said.

    is_first: no look has seen it under this uid_validity. What is known then are the places that deliveries gave it.
    """

    held: HeldMailbox
    uids: HeldUids
    plan: MailboxPlan
    opened: OpenedMailbox
    was_empty: bool
    is_first: bool = False
    scanning: Scanning = "whole"


def is_unchanged(run: SyncRun, held: HeldMailbox, status: RemoteStatus | None) -> bool:
    """Say whether a status tells that `look` would find nothing to do, and nothing to note: as of most mailboxes."""
    if status is None or held.renumberings:
        return False
    return plan_mailbox(status, held, run.session.info, run.rhythm).look == "skip"


def look(run: SyncRun, held: HeldMailbox, status: RemoteStatus | None, *, scanning: Scanning = "whole") -> Seen:
    """Bring what is held of a mailbox up to what the server says; one that did not change is not opened."""
    rhythm = replace(run.rhythm, scan_every=timedelta.max) if scanning == "not_now" else run.rhythm
    status = status or _ask(run, held)
    plan = plan_mailbox(status, held, run.session.info, rhythm) if status else OPEN_TO_SEE
    if plan.look in ("skip", "fetch") and held.renumberings:
        held = _rested(run, held)
    if plan.look == "skip":
        return Seen(held)
    uids = _uids(run, held)
    if plan.look == "fetch":
        return _unchanged(run, held, uids)
    seen = held.seen
    resume = Resume(seen.uid_validity, seen.highest_mod_seq, uids.known) if plan.look == "resync" else None
    is_new = seen.uid_validity == 0 or plan.renumbered
    opened = run.open(held, resume=resume, writable=is_new)
    if is_new:
        with run.begin() as uow:
            mailboxes.permit(uow, held.account_id, held.name, opened.permanent_keywords)
    plan = plan_mailbox(opened.status, held, run.session.info, rhythm)
    if plan.look in ("skip", "fetch"):  # the status was older than the mailbox
        return _unchanged(run, held, uids)
    run.tally.mailboxes_changed += 1
    if plan.renumbered and held.is_restless:
        raise ServerError("the mailbox is renumbered again and again", code="restless", transient=False)
    sight = _Sight(held, uids, plan, opened, was_empty=not uids.known, scanning=scanning)
    return _carry_out(run, _first(run, sight) if plan.renumbered or seen == NEVER_SEEN else sight)


def _ask(run: SyncRun, held: HeldMailbox) -> RemoteStatus | None:
    """Ask for the state of a mailbox; None where it cannot be read: some leave UIDNEXT out, which opening tells.

    Where the first cannot be read, the others are opened at once.
    """
    if run.tells_states is False:
        return None
    try:
        status = run.session.status(held.name)
    except ServerError as exc:
        if exc.code != "protocol" or ends_connection(exc):
            raise
        run.tells_states = bool(run.tells_states)
        return None
    run.tells_states = True
    return status


def recall(run: SyncRun, held: HeldMailbox) -> Seen:
    """Answer what a look of an earlier slice has left to fetch; the server is not asked."""
    if held.is_complete and not widens(held.window, run.rhythm.window):
        return Seen(held)
    return _unchanged(run, held, _uids(run, held))


def _first(run: SyncRun, sight: _Sight) -> _Sight:
    """Let a mailbox that is looked at for the first time hold what deliveries have put there, as if a look had seen it.

    So it is not fetched again; its flags are read, and what others have taken away meanwhile is gone.
    """
    held = renumbered(sight.held) if sight.plan.renumbered else sight.held
    held = replace(held, seen=replace(NEVER_SEEN, uid_validity=sight.opened.status.uid_validity))
    with run.owner.read() as uow:
        known = placements.stored(uow, held)
    plan = replace(sight.plan, scan_flags=bool(known))
    was_empty = sight.was_empty and not known
    return replace(sight, held=held, uids=HeldUids(known), plan=plan, was_empty=was_empty, is_first=True)


def _rested(run: SyncRun, held: HeldMailbox) -> HeldMailbox:
    """Note that a mailbox kept its uid_validity from one sync to the next."""
    held = replace(held, renumberings=0)
    with run.begin() as uow:
        mailboxes.save(uow, held)
    return held


def _unchanged(run: SyncRun, held: HeldMailbox, uids: HeldUids) -> Seen:
    if widens(held.window, run.rhythm.window):
        held, uids = with_window(held, uids, run.rhythm.window)
        with run.begin() as uow:
            mailboxes.save(uow, held, uids)
    return Seen(held, _missing(run, held, uids, NO_UIDS), uids.left_out)


def _carry_out(run: SyncRun, sight: _Sight) -> Seen:
    """Store flags, then deletions; what was seen is written last, so that a half-done look is repeated."""
    changes = _changes(run, sight)
    if isinstance(changes, Scan):
        return Seen(sight.held, scan=changes)
    found = _reused(run, sight, changes)
    for chunk in chunks(changes.gone | found.others):
        with run.begin() as uow:
            run.tally.orphans.update(placements.remove(uow, sight.held, UidSet.of(chunk)))
    after = after_look(sight.uids, changes)
    before = replace(sight.held, is_complete=sight.held.is_complete and not sight.plan.reused)
    held, uids = with_window(before, found.applied(after) if sight.plan.reused else after, run.rhythm.window)
    begun = begun_scan(run, held, sight.opened.status) if sight.plan.scan_flags else None
    held = replace(held, seen=_as_scanned(sight.opened.status, begun) if found.is_whole else sight.held.seen)
    if not sight.is_first:
        held = replace(held, renumberings=0)
    missing = _missing(run, held, uids, changes.new)
    held = replace(held, is_complete=not missing)
    if _is_new_scan(run, sight):
        held = replace(held, flags_scanned_at=moment(begun.began_at) if begun else run.rhythm.now)
    if (held, uids) != (sight.held, sight.uids) or sight.plan.renumbered:
        with run.begin() as uow:
            mailboxes.save(uow, held, uids)
    return Seen(held, missing, uids.left_out, is_first=sight.is_first and not held.has_stale)


def _as_scanned(status: RemoteStatus, begun: Scan | None) -> RemoteStatus:
    """Answer what is seen: of a scan that took several slices what has changed since it began is still to be asked."""
    return status if begun is None else replace(status, highest_mod_seq=begun.mod_seq)


def _reused(run: SyncRun, sight: _Sight, changes: Changes) -> Found:
    if not sight.plan.reused:
        return Found()
    return find_others(run, sight.held, sight.uids.known - changes.gone, sight.plan.reused)


def _is_new_scan(run: SyncRun, sight: _Sight) -> bool:
    """Say whether the time of this look counts as a flag scan: of all that is stored, or of a new mailbox."""
    return (sight.plan.scan_flags or not sight.uids.known) and not run.session.info.flags_are_cheap


def _changes(run: SyncRun, sight: _Sight) -> Changes | Scan:
    """Ask the open mailbox in the way that its family understands; store the flags that it tells.

    Answer the scan of all flags where it is to go on in the next slice.
    """
    messages = sight.opened.status.messages
    if sight.plan.look == "listing":
        began = monotonic()
        listing = _listing(run, sight)
        seconds = monotonic() - began
        stored = listing & sight.uids.known
        if sight.plan.scan_flags and stored:
            # A first look holds what no later one would find held.
            in_parts = sight.scanning == "in_parts" and not sight.is_first
            left = scan(run, sight.held, sight.opened.status, stored, in_parts=in_parts, listing_seconds=seconds)
            if left is not None:
                return left
        return plan_changes(ServerView(messages, listing=listing), sight.uids.known)
    view = _delta(run, sight)
    changes = plan_changes(view, sight.uids.known)
    if changes.doubt:
        changes = plan_changes(replace(view, listing=_listing(run, sight)), sight.uids.known)
    return changes


def _delta(run: SyncRun, sight: _Sight) -> ServerView:
    status, delta = sight.opened.status, sight.opened.delta
    if delta is not None:
        changed = UidSet.of(store_flags(run, sight.held, delta.changed))
        return ServerView(status.messages, changed=changed, vanished=delta.vanished)
    every = UidSet.of_ranges([(1, max(status.uid_next - 1, sight.uids.known.highest(), 1))])
    told = run.session.flags(every, changed_since=sight.held.seen.highest_mod_seq)
    return ServerView(status.messages, changed=UidSet.of(store_flags(run, sight.held, told)))


def _listing(run: SyncRun, sight: _Sight) -> UidSet:
    """List all uids, again until the listing can be believed."""
    previous, status = None, sight.opened.status
    for _ in range(MAX_LISTINGS):
        listing = run.session.uids()
        if is_believable(listing, status.messages, was_empty=sight.was_empty, previous=previous):
            return listing
        previous = listing
        status = run.open(sight.held).status
        if status.uid_validity != sight.opened.status.uid_validity:
            break
    raise ServerError("the mailbox does not hold still; it is looked at again later", code=UNSTABLE)


def _missing(run: SyncRun, held: HeldMailbox, uids: HeldUids, new: UidSet) -> UidSet:
    """Answer what must be fetched: what is new, and what an earlier sync left."""
    if held.is_complete:
        return new
    with run.owner.read() as uow:
        return uids.known - uids.left_out - placements.stored(uow, held)


def _uids(run: SyncRun, held: HeldMailbox) -> HeldUids:
    with run.owner.read() as uow:
        return mailboxes.uids(uow, held)
