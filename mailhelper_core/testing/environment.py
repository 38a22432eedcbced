"""Everything a test needs to begin: an engine on an empty database, a mail server, an account that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, Any

import mailhelper_core
from mailhelper_core.testing.clock import FixedClock
from mailhelper_core.testing.imap.server import ImapServer

if TYPE_CHECKING:
    from mailhelper_core import Account, MailHelper, OwnerServices

_KEY = b"only for tests, 32 octets long.."


@cache
def _empty_database() -> bytes:
    """A SQLite file on the newest schema: to make it by the migrations takes forty times as long as to write it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "mail.db")
        with mailhelper_core.MailHelper(mailhelper_core.Settings(f"sqlite:///{path}", plugins=()), key=_KEY) as helper:
            helper.migrate()
        return path.read_bytes()


def _make(path: Path) -> None:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(_empty_database())


@dataclass(frozen=True, slots=True)
class Environment:
    """One owner, `ada`, whose account reads the INBOX of the server's user `ada`; the clock stands still."""

    server: ImapServer
    clock: FixedClock
    helper: MailHelper
    ada: OwnerServices
    account: Account

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        server: ImapServer | None = None,
        clock: FixedClock | None = None,
        plugins: Sequence[object] = (),
        database: str = "",
        **settings: Any,
    ) -> Environment:
        """Make everything; the server is one that runs, the database a SQLite file in the folder or the given URL.

        plugins: modules to load; installed ones are left out. settings: other fields of `Settings`.
        """
        url = database or f"sqlite:///{folder / 'mail.db'}"
        chosen = mailhelper_core.Settings(**{"database_url": url, "plugins": (), **settings})
        server, clock = server or ImapServer().start(), clock or FixedClock()
        with ExitStack() as failing:
            failing.callback(server.stop)
            helper = mailhelper_core.MailHelper(chosen, key=_KEY, clock=clock, plugins=plugins)
            failing.callback(helper.close)
            if not database:
                _make(folder / "mail.db")
            helper.migrate()
            ada = helper.for_owner("ada")
            account = ada.accounts.add(server.url, username="ada", password=server.store.user("ada").password)
            failing.pop_all()
        return cls(server, clock, helper, ada, account)

    def stop(self) -> None:
        """Close the engine and stop the server."""
        self.helper.close()
        self.server.stop()

    def __enter__(self) -> Environment:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
