"""Mailboxes that the server has no more: their places go, unless there is a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.model.source.held import HeldMailbox, HeldUids
from mailhelper_core.model.source.remote import RemoteMailbox
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.store.mail import mailboxes, placements
from mailhelper_core.sync.run import SyncRun

NO_MAILBOXES = "the server lists no mailbox at all"


def drop_gone(run: SyncRun, held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox]) -> None:
    """Remove the places in mailboxes that the server no longer lists, when a second listing says so too."""
    names = {one.name for one in listed}
    gone = [one for one in held if one.name not in names]
    if _note_unreadable(run) or run.is_cancelled:
        return
    if not (held or listed):
        _note_nothing(run)
    if not gone:
        return
    again = {one.name for one in run.session.mailboxes() if one.selectable}
    if _note_unreadable(run):
        return
    run.is_partial |= any(one.name in again for one in gone)  # not looked at
    if not again:
        _note_nothing(run)
        return
    for one in gone:
        if one.name not in again:
            _drop(run, one)


def _note_nothing(run: SyncRun) -> None:
    """Note that the server lists no mailbox, which cannot be: each account has an INBOX."""
    run.is_partial = True
    run.tally.errors.append(ErrorNote("account", "no_mailboxes", NO_MAILBOXES))


def _note_unreadable(run: SyncRun) -> bool:
    """Note that the last listing may name a mailbox that we cannot read: then none is known to be gone."""
    if not run.session.info.unreadable:
        return False
    message = "the server names a mailbox in a way that cannot be read; none is taken for gone"
    note = ErrorNote("account", "protocol", message)
    if note not in run.tally.errors:
        run.tally.errors.append(note)
    return True


def _drop(run: SyncRun, held: HeldMailbox) -> None:
    step = run.settings.commit_batch_messages
    removed = step
    with run.begin() as uow:
        # Should it come back before all is removed, it begins anew.
        mailboxes.save(uow, HeldMailbox(held.id, held.account_id, held.name), HeldUids())
    while removed == step:
        with run.begin() as uow:
            removed, orphans = placements.remove_all(uow, held, step)
            if removed < step:
                mailboxes.mark_gone(uow, held)
        run.tally.orphans.update(orphans)
