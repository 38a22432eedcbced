"""A transaction again, where a lock, a deadlock or a database that restarts has kept it from its end."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import TypeVar

from mailhelper_core.errors import MailHelperError
from mailhelper_core.store.faults import WAITED_FOR

T = TypeVar("T")
# So often, and after so long, doubled each time: about 1.5 s in all.
ATTEMPTS = 5
WAIT_SECONDS = 0.05


def repeated(transaction: Callable[[], T], draw: Callable[[], float]) -> T:
    """Repeat a transaction that the database asks to repeat, but for one that has waited long enough."""
    for number in range(1, ATTEMPTS):
        try:
            return transaction()
        except MailHelperError as exc:
            if not exc.transient or exc.code in WAITED_FOR:
                raise
        sleep(WAIT_SECONDS * 2**number * (0.5 + draw()))
    return transaction()
