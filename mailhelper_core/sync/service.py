"""MailSyncService: bring the store up to date with one account's server, in two passes over its mailboxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta

from mailhelper_core.errors import ServerError, breaks_connection
from mailhelper_core.model.source.account import Account, AccountPolicy, window_of
from mailhelper_core.model.source.directory import is_storable_name
from mailhelper_core.model.source.held import BREAKS_CONNECTION, MAX_STRIKES, HeldMailbox
from mailhelper_core.model.source.policy import INBOX, is_wanted, named_in_vain
from mailhelper_core.model.source.remote import MailSession, RemoteMailbox, Sources
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.job import account_resource
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, OnProgress, SyncReport
from mailhelper_core.settings import Settings
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.mail import bodies, mailboxes
from mailhelper_core.store.unit_of_work import Clock, Store
from mailhelper_core.store.work import leases
from mailhelper_core.sync import incoming
from mailhelper_core.sync.fetch import fetch_missing, fetch_suspect
from mailhelper_core.sync.first import succeed
from mailhelper_core.sync.gone import drop_gone
from mailhelper_core.sync.look import Seen, look
from mailhelper_core.sync.looked import Place
from mailhelper_core.sync.looks import is_days_first, look_again, look_at_all
from mailhelper_core.sync.namespace import ask_again, learn_prefix
from mailhelper_core.sync.outside import keep_true
from mailhelper_core.sync.plan import Rhythm, Turns, Wanted, standing, take_turns, unrecorded
from mailhelper_core.sync.rename import follow_renames
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import acquit, blaming, expecting_a_break, prove

# Messages that a person moves at once; fetching so many costs a second or two.
FEW = 500


@dataclass(frozen=True, slots=True)
class MailSyncService:
    """Syncs accounts; thread-safe, one account at a time by its lease."""

    store: Store
    sources: Sources
    clock: Clock
    settings: Settings = field(default_factory=Settings)

    def sync_emails(self, account: Account, max_messages: int = 50) -> SyncReport:
        """Sync at most so many new messages; the rest follows with the next calls."""
        return self.sync(account, max_messages=max_messages)

    def sync(
        self,
        account: Account,
        *,
        max_messages: int | None = None,
        session: MailSession | None = None,
        lease: Lease | None = None,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
        between_batches: Callable[[], None] | None = None,
        place: Place | None = None,
        asks_again: bool = False,
    ) -> SyncReport:
        """Bring the store up to date with the server and say what changed.

        Without a session one is opened, without a lease the account's is taken. between_batches may use the
        session. A look that ends early goes on at its place, which slices of a job have. asks_again fetches anew the
        bodies that came shorter than announced. What was stored before an error stays. Raises BusyError when another
        holds the account; ServerError, LoginError, ThrottledError when the connection fails; a mailbox that cannot be
        synced is noted in the report.
        """
        owner = self.store.for_owner(account.owner)
        with ExitStack() as stack:
            if lease is None:
                held = leases.holding(self.store, account_resource(account.id), seconds=self.settings.lease_seconds)
                lease = stack.enter_context(held)
            if session is None:
                session = stack.enter_context(closing(self.sources.open(account)))
            now, scan_every = self.clock(), timedelta(seconds=self.settings.flag_scan_seconds)
            rhythm = Rhythm(now, scan_every, window_of(account.policy, now))
            run = SyncRun(
                owner, account, session, lease, self.settings, rhythm, max_messages=max_messages,
                progress=progress, cancel=cancel, between_batches=between_batches, place=place,
                asks_again=asks_again,
            )  # fmt: skip
            _journey(run)
            succeed(run)
            return run.report()


def _journey(run: SyncRun) -> None:
    """Look at all mailboxes, then fetch: so what one lost and another got is a move."""
    offered = _selectable(run.session.mailboxes())
    listed = _storable(offered)
    held, unrecorded = _held(run, listed)
    if _follow_renames(run, held, listed, unrecorded):
        held, unrecorded = _held(run, listed)
    if unrecorded:
        with run.begin() as uow:
            mailboxes.record(uow, run.account.id, unrecorded, read_only=run.session.info.read_only)
        held, _ = _held(run, listed)
    learn_prefix(run, listed)
    wanted, outside = _by_policy(run, held, listed)
    run.tally.errors += _named_in_vain(run.account.policy, offered)
    run.tally.mailboxes = len(wanted)
    turns = _turns(run, wanted)
    if run.looked:  # what is known comes first, or it would wait until all have been looked at
        _fetch(run, _unfinished(run, look_again(run, turns.first)))
    seen = _unfinished(run, look_at_all(run, turns.first))
    drop_gone(run, held, listed)
    _fetch(run, seen)
    for one, remote in turns.last:
        if not run.is_cancelled:
            _try_last(run, one, remote, turns)
    run.conclude()
    if outside and not run.is_cancelled and is_days_first(run):
        keep_true(run, outside)
    if run.tally.mailboxes_changed and not run.is_cancelled:
        ask_again(run, listed)


def _follow_renames(
    run: SyncRun, held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox], unrecorded: Sequence[RemoteMailbox]
) -> bool:
    """Follow renamed mailboxes; where the connection breaks at that again and again, let the new names be new."""
    try:
        return follow_renames(run, held, listed)
    except ServerError as exc:
        if breaks_connection(exc) and run.account.failures >= MAX_STRIKES - 1:
            with run.begin() as uow:
                mailboxes.record(uow, run.account.id, unrecorded, read_only=run.session.info.read_only)
        raise


def _held(run: SyncRun, listed: Sequence[RemoteMailbox]) -> tuple[list[HeldMailbox], list[RemoteMailbox]]:
    """Read what is held of every mailbox, and which of the listed ones the store does not know so."""
    with run.owner.read() as uow:
        held = mailboxes.held(uow, run.account.id)
    return held, unrecorded(held, listed, read_only=run.session.info.read_only)


def _selectable(listed: Sequence[RemoteMailbox]) -> list[RemoteMailbox]:
    return [one for one in listed if one.selectable]


def _storable(listed: Sequence[RemoteMailbox]) -> list[RemoteMailbox]:
    """Leave out what no database can hold by its name, for one such must not stop the others."""
    return [one for one in listed if is_storable_name(one.name)]


def _by_policy(
    run: SyncRun, held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox]
) -> tuple[list[Wanted], list[Wanted]]:
    """Answer the mailboxes that the policy lets in, INBOX first, and those that it leaves out."""
    by_name = {one.name: one for one in held}
    found: dict[bool, list[Wanted]] = {True: [], False: []}
    for remote in sorted(listed, key=lambda one: one.name != INBOX):
        if remote.name in by_name:
            found[is_wanted(remote.name, run.account.policy)].append((by_name[remote.name], remote))
    return found[True], found[False]


def _named_in_vain(policy: AccountPolicy, listed: Sequence[RemoteMailbox]) -> list[ErrorNote]:
    """Note the mailboxes that the policy names and the server does not have, by their place in it."""
    names = [one.name for one in listed]
    message = "the account's policy includes a mailbox that the server does not have"
    return [ErrorNote(f"include:{number}", "no_mailbox", message) for number in named_in_vain(policy, names)]


def _turns(run: SyncRun, wanted: Sequence[Wanted]) -> Turns:
    """Order the mailboxes, and note those that are left out for today."""
    turns = take_turns(wanted, retries=False)
    if turns.left_out:
        turns = take_turns(wanted, retries=is_days_first(run))
    for held, _ in turns.left_out:
        run.note(held, BREAKS_CONNECTION, "the connection breaks at this mailbox; it is tried again once a day")
    return turns


def _try_last(run: SyncRun, held: HeldMailbox, remote: RemoteMailbox, turns: Turns) -> None:
    """Sync a mailbox at which the connection broke, now that all others are done."""
    seen = _look_last(run, held, remote, turns)
    if seen is not None:
        acquit(run, held)
        _fetch(run, _unfinished(run, [replace(seen, held=replace(seen.held, suspect=None))]))


def _look_last(run: SyncRun, held: HeldMailbox, remote: RemoteMailbox, turns: Turns) -> Seen | None:
    found = None
    with run.isolated(held):
        if turns.first:
            prove(run, turns.first[0][0])
        with expecting_a_break(run, held) if turns.first else blaming(run, held):
            seen = look(run, held, remote.status)
            if seen.is_unfinished:
                run.reopen(seen.held)
            found = seen
    return found


def _unfinished(run: SyncRun, seen: Sequence[Seen]) -> list[Seen]:
    """Answer the mailboxes of which something is to be fetched, and count what that is."""
    found = [_with_suspect(one) for one in _with_bodiless(run, seen) if one.is_unfinished]
    run.missing |= {one.held.id: len(one.missing) for one in found}
    run.total = run.done + min(run.remaining, run.remaining if run.room is None else run.room)
    return found


def _with_suspect(seen: Seen) -> Seen:
    return replace(seen, held=replace(seen.held, suspect=standing(seen.held.suspect, seen.missing)))


def _fetch(run: SyncRun, seen: Sequence[Seen]) -> None:
    """Fetch what is missing; messages that break connections come last, so that they stop nothing."""
    ordered = sorted(seen, key=_urgency)
    for one in ordered:
        if not _is_awkward(one):
            with run.isolated(one.held):
                fetch_missing(run, one)
    for one in ordered:
        with run.isolated(one.held):
            left = fetch_suspect(run, one)
            if _is_awkward(one):
                fetch_missing(run, left)


def _is_awkward(seen: Seen) -> bool:
    return seen.held.suspect is not None and seen.held.suspect.goes_first


def _with_bodiless(run: SyncRun, seen: Sequence[Seen]) -> list[Seen]:
    """Let what is stored without its body be fetched too, once a message, where the policy allows its size by now.

    Where a repair asks again, what is stored with too short a one as well.
    """
    policy = run.account.policy
    with run.owner.read() as uow:
        owed = bodies.owed(
            uow, run.account.id, problem=incoming.ABOVE_SIZE_CAP, size_cap=policy.size_cap_bytes,
            since=run.rhythm.window,
        )  # fmt: skip
        owed += bodies.short(uow, run.account.id) if run.asks_again else []
    open_to_us = {one.held.id for one in seen}
    chosen = {one.message_id: one for one in reversed(owed) if one.mailbox_id in open_to_us}
    by_mailbox: dict[int, dict[int, int]] = defaultdict(dict)
    for one in chosen.values():
        by_mailbox[one.mailbox_id][one.uid] = one.message_id
    return [
        replace(one, missing=one.missing | UidSet.of(late), bodiless=late) if (late := by_mailbox[one.held.id]) else one
        for one in seen
    ]


def _urgency(seen: Seen) -> tuple[bool, bool, int]:
    """Order for fetching: first the few messages that are new somewhere or were moved there, INBOX before others."""
    return (seen.is_first or len(seen.missing) > FEW, seen.held.name != INBOX, len(seen.missing))
