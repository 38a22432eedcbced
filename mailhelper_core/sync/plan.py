"""Decide what to do about one mailbox; values in, values out, no I/O, no clock.

    status -> plan_mailbox -> a look at the server -> plan_changes -> new, gone, flags

Three families of servers: QRESYNC tells what changed while it opens a mailbox, CONDSTORE when asked, the others
only by a complete listing and a flag scan now and then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from mailhelper_core.model.source.held import FORGOTTEN_UID_NEXT, NEVER_SEEN, HeldMailbox, HeldUids, Suspect
from mailhelper_core.model.source.policy import INBOX
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteStatus, SessionInfo
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.sync.identity import Arrival

# skip: nothing to do; fetch: nothing changed, something is missing; resync: QRESYNC; changed: CHANGEDSINCE;
# listing: all uids.
Look = Literal["skip", "fetch", "resync", "changed", "listing"]
Doubt = Literal["", "count", "emptied"]
# Which uids may have been given to other mail: none; the newest, down to where all are still what they were; any.
Reused = Literal["", "newest", "any"]
Wanted = tuple[HeldMailbox, RemoteMailbox]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the planner must know of now: the time, how often flags are scanned, the account's window."""

    now: datetime
    scan_every: timedelta
    window: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailboxPlan:
    """How to look at a mailbox; scan_flags reads the flags of everything stored."""

    look: Look
    scan_flags: bool = False
    renumbered: bool = False
    reused: Reused = ""


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


def unrecorded(held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox], *, read_only: bool) -> list[RemoteMailbox]:
    """Answer the listed mailboxes that the store does not know, or knows otherwise."""
    known = {one.name: one for one in held}
    return [one for one in listed if not _is_recorded(one, known.get(one.name), read_only=read_only)]


def _is_recorded(listed: RemoteMailbox, held: HeldMailbox | None, *, read_only: bool) -> bool:
    if held is None or (held.delimiter, held.role) != (listed.delimiter, listed.role):
        return False
    return held.read_only or not read_only


def plan_mailbox(status: RemoteStatus, held: HeldMailbox, info: SessionInfo, rhythm: Rhythm) -> MailboxPlan:
    """Decide how to look at a mailbox; one that did not change is not opened."""
    seen = held.seen
    if seen == NEVER_SEEN and not status.messages and not held.has_stale:
        return MailboxPlan("skip")
    if status.uid_validity != seen.uid_validity:
        return MailboxPlan("listing", renumbered=seen.uid_validity != 0)
    reused = _reused(status, seen)
    if reused:
        return MailboxPlan("listing", scan_flags=bool(seen.messages), reused=reused)
    idle: Look = "skip" if held.is_complete and not widens(held.window, rhythm.window) else "fetch"
    if info.has_mod_seq and 0 < seen.highest_mod_seq <= status.highest_mod_seq:
        changed: Look = "resync" if info.has_resync else "changed"
        return MailboxPlan(idle if status == seen else changed)
    if status.highest_mod_seq != seen.highest_mod_seq:
        return MailboxPlan("listing", scan_flags=bool(seen.messages))
    due = bool(seen.messages) and (info.flags_are_cheap or _is_due(held, rhythm))
    # Without UIDNEXT a mailbox that lost one message and got another looks the same.
    if status == seen and status.uid_next and not due:
        return MailboxPlan(idle)
    return MailboxPlan("listing", scan_flags=due)


def _reused(status: RemoteStatus, seen: RemoteStatus) -> Reused:
    """Say which uids may be other mail's: numbers never go back (RFC 9051 2.3.1.1, RFC 7162 3.1.2.2), backups do."""
    if seen.uid_next == FORGOTTEN_UID_NEXT:
        return "any"
    went_back = 0 < status.uid_next < seen.uid_next or 0 < status.highest_mod_seq < seen.highest_mod_seq
    return "newest" if went_back else ""


def plan_changes(view: ServerView, known: UidSet) -> Changes:
    """Compare what the server showed with what it held when we looked last.

    The count is the proof of a delta: what we knew, less what vanished, plus what is new, must be as many
    messages as the mailbox holds.
    """
    if view.listing is not None:
        new, gone = view.listing - known, known - view.listing
    else:
        new, gone = view.changed - known - view.vanished, view.vanished & known
    after = len(known) + len(new) - len(gone)
    if known and not after:
        return Changes(new, gone, "emptied")
    if view.listing is None and after != view.messages:
        return Changes(new, gone, "count")
    return Changes(new, gone)


def is_believable(listing: UidSet, messages: int, *, was_empty: bool, previous: UidSet | None) -> bool:
    """Say whether deletions may follow from a listing: the count agrees, or a second listing says the same.

    That a mailbox is suddenly empty is believed only the second time.
    """
    if previous is not None and listing == previous:
        return True
    return len(listing) == messages and bool(listing or was_empty)


def after_look(uids: HeldUids, changes: Changes) -> HeldUids:
    """Answer the uids that are held once the changes are carried out."""
    if not changes.new and not changes.gone:
        return uids
    return HeldUids((uids.known | changes.new) - changes.gone, uids.left_out - changes.gone)


def renumbered(held: HeldMailbox) -> HeldMailbox:
    """Answer what is held under a new uid_validity: nothing, until stored messages are recognized."""
    again = held.renumberings + 1
    return replace(held, seen=NEVER_SEEN, is_complete=True, has_stale=True, renumberings=again)


def plan_renames(held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox]) -> list[tuple[HeldMailbox, str]]:
    """Answer which mailboxes may have been renamed, and how: one name went, one came, and their states fit.

    Which state fits no other is a guess, to be confirmed by what lies there.
    """
    names = {one.name for one in listed}
    known = {one.name for one in held}
    gone = [one for one in held if one.name not in names and one.seen.messages and one.name != INBOX]
    new = [one for one in listed if one.name not in known]
    fits = {one.id: [box.name for box in new if box.status and _continues(box.status, one.seen)] for one in gone}
    rivals = Counter(name for found in fits.values() for name in found)
    return [(one, fits[one.id][0]) for one in gone if len(fits[one.id]) == 1 and rivals[fits[one.id][0]] == 1]


@dataclass(frozen=True, slots=True)
class Turns:
    """In which order mailboxes are synced: those at which connections broke come last; some are left out for today."""

    first: tuple[Wanted, ...] = ()
    last: tuple[Wanted, ...] = ()
    left_out: tuple[Wanted, ...] = ()


def take_turns(wanted: Sequence[Wanted], *, retries: bool) -> Turns:
    """Order mailboxes; what was given up is tried again only if `retries` says so, or if there is no other mailbox.

    Where nothing else is left that works, it may be the server, and each sync tries all of them. Whoever broke less
    often is tried earlier: so each of several has its turn, although the first that breaks ends the connection.
    """
    first = tuple(one for one in wanted if not one[0].is_suspected)
    suspected = [one for one in wanted if one[0].is_suspected]
    left_out = tuple(one for one in suspected if first and not retries and one[0].is_given_up)
    last = [one for one in suspected if one not in left_out]
    return Turns(first, tuple(sorted(last, key=lambda one: one[0].suspect.strikes if one[0].suspect else 0)), left_out)


def is_first_of_day(last_success: datetime | None, now: datetime) -> bool:
    """Say whether a sync is the first of a day, by UTC: it tries what was given up, and looks where no other does."""
    return last_success is None or last_success.date() < now.date()


def awaited(groups: Sequence[Sequence[Arrival]], waiting: Container[int]) -> list[int]:
    """Answer the uids that were on their way when the connection broke, of groups that are answered one by one.

    A server may leave out what it does not have any more; so it is at the last group of which something came, or at
    the one after it.
    """
    left = [[one.uid for one in group if one.uid in waiting] for group in groups]
    begun = [number for number, group in enumerate(groups) if len(left[number]) < len(group)]
    return next((uids for uids in left[begun[-1] if begun else 0 :] if uids), [])


def halves(uids: UidSet) -> list[UidSet]:
    """Cut uids in two, the older ones first; a single one stays whole, and none is nothing."""
    newer = uids.newest((len(uids) + 1) // 2)
    return [part for part in (uids - newer, newer) if part]


def accuse(before: Suspect | None, waiting: UidSet) -> Suspect:
    """Answer who is suspected after the connection broke while uids were awaited: servers send them in order.

    One is noted at a time. When a second message breaks the connection, the first is settled before: else each of the
    two would be forgotten for the other, for ever. One that went first, broke nothing and only does not come has had
    its turn: it must not keep the second from being noted.
    """
    uid = next(iter(waiting))
    if before is not None and before.uid == uid:
        return replace(before, strikes=before.strikes + 1)
    if before is not None and before.uid and uid and not before.goes_first:
        return replace(before, goes_first=True)
    return Suspect(uid, 1)


def standing(suspect: Suspect | None, missing: UidSet) -> Suspect | None:
    """Answer the suspect of a mailbox that could be looked at: a message that is still missing, or none."""
    return suspect if suspect is not None and suspect.uid in missing else None


def widens(before: datetime | None, window: datetime | None) -> bool:
    """Say whether a window lets mail in that the one before left out."""
    return before is not None and (window is None or window < before)


def later_window(before: datetime | None, window: datetime | None) -> datetime | None:
    """Answer the narrower of two windows: what is left out now is left out by it."""
    if before is None or window is None:
        return before or window
    return max(before, window)


def with_window(held: HeldMailbox, uids: HeldUids, window: datetime | None) -> tuple[HeldMailbox, HeldUids]:
    """Let what a narrower window left out be looked at again; one that moves on leaves out what it left out."""
    if not widens(held.window, window):
        return replace(held, window=later_window(held.window, window)), uids
    return replace(held, window=window, is_complete=not uids.left_out), replace(uids, left_out=NO_UIDS)


def _continues(status: RemoteStatus, seen: RemoteStatus) -> bool:
    return status.uid_validity == seen.uid_validity and status.uid_next >= seen.uid_next > 0


def _is_due(held: HeldMailbox, rhythm: Rhythm) -> bool:
    return held.flags_scanned_at is None or rhythm.now - held.flags_scanned_at >= rhythm.scan_every
