"""Decide what to do about one mailbox; values in, values out, no I/O, no clock.

    status -> plan_mailbox -> a look at the server -> plan_changes -> new, gone, flags

Three families of servers: QRESYNC tells what changed while it opens a mailbox, CONDSTORE when asked, the others
only by a complete listing and a flag scan now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from mailhelper_core.model.held import NEVER_SEEN, HeldMailbox
from mailhelper_core.model.remote import RemoteStatus, SessionInfo
from mailhelper_core.model.uidset import NO_UIDS, UidSet

# skip: nothing to do; fetch: nothing changed, something is missing; resync: QRESYNC; changed: CHANGEDSINCE;
# listing: all uids.
Look = Literal["skip", "fetch", "resync", "changed", "listing"]
Doubt = Literal["", "count", "emptied"]


@dataclass(frozen=True, slots=True)
class MailboxPlan:
    """How to look at a mailbox; scan_flags reads the flags of everything stored."""

    look: Look
    scan_flags: bool = False
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class ServerView:
    """What a look showed: how many messages there are, and all uids or only what changed."""

    messages: int
    listing: UidSet | None = None
    changed: UidSet = NO_UIDS
    vanished: UidSet = NO_UIDS


@dataclass(frozen=True, slots=True)
class Changes:
    """What follows for the store. With a doubt nothing may be deleted before the server was asked again."""

    new: UidSet = NO_UIDS
    gone: UidSet = NO_UIDS
    doubt: Doubt = ""


def plan_mailbox(
    status: RemoteStatus, held: HeldMailbox, info: SessionInfo, *, now: datetime, scan_every: timedelta
) -> MailboxPlan:
    """Decide how to look at a mailbox; one that did not change is not opened."""
    seen = held.seen
    if not status.messages and not held.known:
        return MailboxPlan("skip")
    if status.uid_validity != seen.uid_validity:
        return MailboxPlan("listing", renumbered=seen.uid_validity != 0)
    idle: Look = "fetch" if held.missing else "skip"
    # A mod_seq that went back (RFC 7162 3.1.2.2 forbids it, restored servers do it) is no cursor.
    if info.has_mod_seq and 0 < seen.highest_mod_seq <= status.highest_mod_seq:
        changed: Look = "resync" if info.has_resync else "changed"
        return MailboxPlan(idle if status == seen else changed)
    if status.highest_mod_seq != seen.highest_mod_seq:
        return MailboxPlan("listing", scan_flags=bool(held.stored))
    due = bool(held.stored) and (
        info.flags_are_cheap or held.flags_scanned_at is None or now - held.flags_scanned_at >= scan_every
    )
    # Without UIDNEXT a mailbox that lost one message and got another looks the same.
    if status == seen and status.uid_next and not due:
        return MailboxPlan(idle)
    return MailboxPlan("listing", scan_flags=due)


def plan_changes(view: ServerView, held: HeldMailbox) -> Changes:
    """Compare what the server showed with what it held when we looked last.

    The count is the proof of a delta: what we knew, less what vanished, plus what is new, must be as many
    messages as the mailbox holds.
    """
    known = held.known
    if view.listing is not None:
        new, gone = view.listing - known, known - view.listing
    else:
        new, gone = view.changed - known - view.vanished, view.vanished & known
    after = (known | new) - gone
    if known and not after:
        return Changes(new, gone, "emptied")
    if view.listing is None and len(after) != view.messages:
        return Changes(new, gone, "count")
    return Changes(new, gone)


def is_believable(listing: UidSet, messages: int, *, was_empty: bool, previous: UidSet | None) -> bool:
    """Say whether deletions may follow from a listing: the count agrees, or a second listing says the same.

    That a mailbox is suddenly empty is believed only the second time.
    """
    if previous is not None and listing == previous:
        return True
    return len(listing) == messages and bool(listing or was_empty)


def after_look(held: HeldMailbox, status: RemoteStatus, changes: Changes) -> HeldMailbox:
    """Answer what is held once the changes are carried out: what is new is missing until it is fetched."""
    return replace(
        held,
        seen=status,
        stored=held.stored - changes.gone,
        missing=(held.missing | changes.new) - changes.gone,
        left_out=held.left_out - changes.gone,
    )


def renumbered(held: HeldMailbox) -> HeldMailbox:
    """Answer what is held under a new uid_validity: nothing, until stored messages are recognized."""
    return replace(
        held,
        seen=NEVER_SEEN,
        stored=NO_UIDS,
        missing=NO_UIDS,
        left_out=NO_UIDS,
        has_stale=held.has_stale or bool(held.stored),
    )


def with_window(held: HeldMailbox, window: datetime | None) -> HeldMailbox:
    """Let what another window left out be looked at again."""
    if held.window == window:
        return held
    return replace(held, window=window, missing=held.missing | held.left_out, left_out=NO_UIDS)
