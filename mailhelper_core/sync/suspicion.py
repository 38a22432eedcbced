"""Note where connections break: at a message or at a mailbox; whoever is suspected comes last and alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mailhelper_core.errors import ServerError, breaks_connection, ends_connection
from mailhelper_core.model.source.held import BREAKS_CONNECTION, HeldMailbox
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import mailboxes
from mailhelper_core.sync.plan import accuse
from mailhelper_core.sync.run import SyncRun

# The code of a mailbox of which a message does not come.
NOT_GIVEN = "not_given"
THE_MAILBOX = UidSet.of([0])


def accuse_message(run: SyncRun, held: HeldMailbox, waiting: UidSet, error: ServerError) -> None:
    """Note the first of the messages that were awaited when the connection broke."""
    if waiting and breaks_connection(error):
        with run.begin() as uow:
            mailboxes.suspect(uow, held, accuse(held.suspect, waiting))


def hold_back(run: SyncRun, held: HeldMailbox, uids: UidSet) -> None:
    """Note the first of the messages that did not come, unless another one has its turn."""
    if held.suspect is None:
        with run.begin() as uow:
            mailboxes.suspect(uow, held, accuse(None, uids))


@contextmanager
def blaming(run: SyncRun, held: HeldMailbox) -> Iterator[None]:
    """Note a mailbox as the one at which the connection broke."""
    try:
        yield
    except ServerError as exc:
        accuse_message(run, held, THE_MAILBOX, exc)
        raise


@contextmanager
def expecting_a_break(run: SyncRun, held: HeldMailbox) -> Iterator[None]:
    """Note in the report, instead of raising it, that the connection broke at a mailbox that is tried last and alone.

    Everything else is stored, so the sync is over then as it would be without that mailbox.
    """
    try:
        with blaming(run, held):
            yield
    except ServerError as exc:
        if not breaks_connection(exc):
            raise
        run.end()
        run.note(held, BREAKS_CONNECTION, "the connection breaks at this mailbox; all others were synced first")


def prove(run: SyncRun, other: HeldMailbox) -> None:
    """Open a mailbox that works: a connection that breaks there too breaks at no other one's fault."""
    try:
        run.open(other)
    except ServerError as exc:
        if ends_connection(exc):
            raise


def acquit(run: SyncRun, held: HeldMailbox) -> None:
    """Note that nothing broke at a mailbox this time."""
    with run.begin() as uow:
        mailboxes.suspect(uow, held, None)
