"""Where new mailboxes of an account belong: below the prefix of its server's personal namespace (RFC 2342)."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.errors import ServerError, breaks_connection
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.source.namespaced import NamespacedSession
from mailhelper_core.model.source.remote import RemoteMailbox
from mailhelper_core.store.clock import is_wait_over, micros
from mailhelper_core.store.mail import accounts, mailboxes
from mailhelper_core.store.work import shown
from mailhelper_core.sync.rename import give_name
from mailhelper_core.sync.run import SyncRun

DAY_MICROS = micros(86_400)


def learn_prefix(run: SyncRun, listed: Sequence[RemoteMailbox]) -> None:
    """Ask for the prefix in the first sync of an account, unless the listing tells that there is none."""
    _ask(run, listed, is_first=True)


def ask_again(run: SyncRun, listed: Sequence[RemoteMailbox]) -> None:
    """Ask a server that did not say, once a day, when all else is done; it may be another one by now."""
    try:
        _ask(run, listed, is_first=False)
    except ServerError as exc:
        if not breaks_connection(exc):
            raise
        run.end()


def _ask(run: SyncRun, listed: Sequence[RemoteMailbox], *, is_first: bool) -> None:
    session = run.session
    if _has_none(listed) or not isinstance(session, NamespacedSession):
        return
    with run.owner.read() as uow:
        known, asked_at = accounts.asked_prefix(uow, run.account.id)
        is_due = asked_at is None if is_first else asked_at is not None and is_wait_over(asked_at + DAY_MICROS, uow.now)
    if known is not None or not is_due:
        return
    with run.begin() as uow:
        # Before it is asked: one that breaks the connection at this must not do so in each sync.
        accounts.change(uow, run.account.id, prefix_asked_at=uow.now)
    prefix = session.personal_prefix()
    if prefix is not None:
        _take(run, prefix)


def _take(run: SyncRun, prefix: str) -> None:
    with run.begin() as uow:
        accounts.change(uow, run.account.id, personal_prefix=prefix)
        unmade = mailboxes.unmade(uow, run.account.id)
        where = shown.directory(uow, run.account.id)
    # What was decided before we knew could not be made.
    others = Directory.of([one for one in where.mailboxes if one.id not in {gone.id for gone in unmade}], prefix)
    for one in unmade:
        give_name(run, one, others.find(one.name).mailbox)


def _has_none(listed: Sequence[RemoteMailbox]) -> bool:
    """Say whether a special mailbox lies beside INBOX: then the others may too."""
    return any(one.role not in ("", "inbox") and one.delimiter not in one.name for one in listed if one.delimiter)
