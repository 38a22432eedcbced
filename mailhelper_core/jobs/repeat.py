"""A transaction again, where a lock, a deadlock or a database that restarts has kept it from its end."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from mailhelper_core.errors import MailHelperError
from mailhelper_core.store.faults import ROW_LOCKED, STATEMENT_TIMEOUT, WAITED_FOR

T = TypeVar("T")
# So often, and after so long, doubled each time: about 1.5 s in all.
ATTEMPTS = 5
WAIT_SECONDS = 0.05
# Between two tries of what has to be written: it is tried for as long as nobody else may do it.
INSIST_SECONDS = 1.0


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


def insisted(transaction: Callable[[], T], seconds: float, is_stopping: Callable[[], bool]) -> T:
    """Repeat a transaction for some seconds, and at least once, while the database, or the pool, has no connection.

    A pool's wait may be longer than that: then the second try is the last.
    """
    began, is_second = monotonic(), False
    while True:
        try:
            return transaction()
        except MailHelperError as exc:
            is_over = is_second and monotonic() - began >= seconds
            if not exc.transient or exc.code in (ROW_LOCKED, STATEMENT_TIMEOUT) or is_over or is_stopping():
                raise
        is_second = True
        sleep(INSIST_SECONDS)
