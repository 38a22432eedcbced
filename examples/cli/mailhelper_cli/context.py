"""What every command works with: the owner's services, made on first use, and the output."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import tzinfo
from functools import cached_property, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import click
from rich.cells import cell_len

import mailhelper_core
from mailhelper_cli.delivered import Delivered
from mailhelper_cli.failures import describe, explain
from mailhelper_cli.output import Output
from mailhelper_cli.request import Request
from mailhelper_core import (
    Account,
    ConfigError,
    DeliverReport,
    MailHelperError,
    NotFoundError,
    OwnerSettings,
    QueryError,
)

P = ParamSpec("P")
# A household has a few; what is listed of each is short.
ACCOUNTS_AT_ONCE = 1000


class Context:
    """The engine for one call of the command line."""

    def __init__(self, request: Request) -> None:
        self.out = Output(as_json=request.as_json, zone=lambda: self.zone)
        # What a command brings, read when the engine is made: plugins, and how many threads it lets work on jobs.
        self.observers: list[object] = []
        self.threads = 0
        self._request = request
        self._failures: list[tuple[str, MailHelperError]] = []

    @cached_property
    def helper(self) -> mailhelper_core.MailHelper:
        """The engine, imported when a command needs it; its database is opened by the first call that does."""
        settings = mailhelper_core.Settings.from_env().for_threads(self.threads)
        chosen = replace(settings, database_url=self._request.database or _default_database())
        return mailhelper_core.MailHelper(chosen, key_file=self._request.key_file, plugins=self.observers)

    @cached_property
    def services(self) -> mailhelper_core.OwnerServices:
        """The services of the owner that --owner names."""
        return self.helper.for_owner(self._request.owner)

    @cached_property
    def zone(self) -> tzinfo | None:
        """The owner's time zone; None, for that of this machine, where the owner has set none."""
        settings = self.services.settings.get()
        return None if settings.time_zone == OwnerSettings().time_zone else settings.zone

    @property
    def owner(self) -> str:
        """Whose mail it is: what --owner names."""
        return self._request.owner

    def close(self) -> None:
        """Close what was opened."""
        if "helper" in self.__dict__:
            self.helper.close()

    def account(self, name: str | None) -> Account:
        """Find an account by id or name; without a name, the only one there is."""
        accounts = self.services.accounts.list()
        found = [one for one in accounts if name in (None, str(one.id), one.name)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{one.id} ({one.name})" for one in accounts)
        if not known:
            raise NotFoundError("There is no account yet; add one with `mailhelper account add`.")
        if name is None or found:
            raise NotFoundError(f"Say which account, by its number; there are {known}.")
        raise NotFoundError(f"There is no account {name!r}; there are {known}.")

    def accounts(self, name: str | None) -> tuple[Account, ...]:
        """Find the accounts that a command is about: the one named, or all; raise NotFoundError without any."""
        if name is not None:
            return (self.account(name),)
        return tuple(self.services.accounts.list()) or (self.account(None),)

    def deliver(self, *, later: bool = False) -> Delivered:
        """Carry what waits to the servers of all accounts, and answer what was done there; nothing now if `later`.

        A server that is away keeps nothing from being told: its failure is said behind the result.
        """
        outbox = self.services.outbox
        reports: list[DeliverReport] = []
        for account in self.services.accounts.list() if not later and outbox.pending() else ():
            try:
                reports.append(outbox.deliver(account.id))
            except MailHelperError as exc:
                self._failures.append((account.name, exc))
        return Delivered(
            done=sum(report.delivered for report in reports),
            waiting=self.waiting(),
            errors=tuple(note for report in reports for note in report.errors),
        )

    def waiting(self) -> int:
        """Answer how many operations the servers of the owner's accounts have not got yet."""
        if not self.services.outbox.pending():
            return 0
        count, page = 0, self.helper.admin.accounts(limit=ACCOUNTS_AT_ONCE)
        while True:
            count += sum(one.waiting for one in page if one.owner == self.owner)
            if page.next is None:
                return count
            page = self.helper.admin.accounts(limit=ACCOUNTS_AT_ONCE, after=page.next)

    def tell_failures(self) -> int:
        """Say which servers could not be told what was decided, and answer the exit code."""
        for where, error in self._failures:
            explain(error, as_json=self.out.as_json, where=where)
        return describe(self._failures[0][1]).exit_code if self._failures else 0


def with_context(function: Callable[Concatenate[Context, P], None]) -> Callable[P, None]:
    """Call a command with its context, and close that behind it."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        context = Context(click.get_current_context().ensure_object(Request))
        try:
            function(context, *args, **kwargs)
            if code := context.tell_failures():
                click.get_current_context().exit(code)
        finally:
            context.close()

    return call


@contextmanager
def reading(query: str) -> Iterator[None]:
    """Point at the mistake when the query cannot be read."""
    try:
        yield
    except QueryError as exc:
        line = " ".join(query.split("\n"))
        exc.add_note(f"  {line}\n  {' ' * cell_len(line[: exc.position])}^")
        raise


def _default_database() -> str:
    home = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    folder = Path(home) / "mailhelper"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:  # the home of a service is often one where nothing may be written
        problem = f"The folder {folder} cannot be made; say where with --database or XDG_DATA_HOME."
        raise ConfigError(problem, code="database_file") from exc
    return f"sqlite:///{folder / 'mail.db'}"
