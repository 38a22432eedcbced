"""Follow renamed mailboxes: the mailbox keeps its id, its places and what waits for it, and nothing is fetched anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteMailbox
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.store.mail import mailboxes, placements
from mailhelper_core.store.work import renamed
from mailhelper_core.sync.incoming import read_metadata
from mailhelper_core.sync.plan import plan_renames
from mailhelper_core.sync.run import SyncRun

# Servers number mailboxes by the second, so two may look alike; so many messages in a row do not.
SAMPLE = 20


def follow_renames(run: SyncRun, held: Sequence[HeldMailbox], listed: Sequence[RemoteMailbox]) -> bool:
    """Give mailboxes the names that they have now; what cannot be told apart is met as gone and new.

    Answer whether there was a mailbox that the server does not list by its name.
    """
    names = {one.name for one in held}
    if not held or names <= {one.name for one in listed}:
        return False
    with_status = [one if one.name in names else _with_status(run, one) for one in listed]
    for one, name in plan_renames(held, with_status):
        if _is_same(run, one, name):
            give_name(run, one, name)
    return True


def give_name(run: SyncRun, one: HeldMailbox, name: str) -> None:
    """Let all entries follow, some in a transaction, and the mailbox itself in the last: cut short, it begins anew."""
    after = 0
    while True:
        with run.begin() as uow:
            after = renamed.follow(uow, one.account_id, one.name, name, after=after)
            if not after:
                mailboxes.rename(uow, one, name)
                return


def _with_status(run: SyncRun, one: RemoteMailbox) -> RemoteMailbox:
    if one.status is not None:
        return one
    try:
        return replace(one, status=run.session.status(one.name))
    except ServerError as exc:
        if ends_connection(exc):
            raise
        return one


def _is_same(run: SyncRun, held: HeldMailbox, name: str) -> bool:
    """Say whether the newest messages that we hold lie under the new name, each with its uid."""
    with run.owner.read() as uow:
        keys = placements.newest_keys(uow, held, SAMPLE)
    try:
        run.open(replace(held, name=name))
        found = {one.uid: read_metadata(one).match_key for one in run.session.metadata(UidSet.of(keys))}
    except ServerError as exc:
        if ends_connection(exc):
            raise
        return False
    shared = keys.keys() & found.keys()
    return bool(shared) and all(keys[uid] == found[uid] for uid in shared)
