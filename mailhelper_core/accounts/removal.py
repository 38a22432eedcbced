"""Remove an account: its mail some messages at a time, so that nobody waits for long, and the rest at the end."""

from __future__ import annotations

from mailhelper_core.store.mail import accounts, erase, messages
from mailhelper_core.store.unit_of_work import OwnerStore

# Erased in one transaction: as many as one stores.
BATCH = 50


def remove(owner: OwnerStore, account_id: int) -> None:
    """Delete an account with all that came from it; one that was interrupted is paused, and goes on when asked again.

    Joined to the host's transaction it is one step. Raises NotFoundError.
    """
    if owner.connection is None:
        with owner.begin() as uow:
            accounts.pause(uow, account_id, paused=True)  # nobody brings back what has gone
        while _remove_some(owner, account_id) == BATCH:
            pass
    with owner.begin() as uow:
        accounts.remove(uow, account_id)


def _remove_some(owner: OwnerStore, account_id: int) -> int:
    with owner.begin() as uow:
        ids = messages.of_account(uow, account_id, BATCH)
        erase.remove(uow, ids)
    return len(ids)
