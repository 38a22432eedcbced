"""Moving house, wired: a whole database into another, an owner out of an archive."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from mailhelper_core.app.wiring import Wiring
from mailhelper_core.errors import ConfigError
from mailhelper_core.jobs import plan
from mailhelper_core.model.transfer import ArchiveReport, CopyReport
from mailhelper_core.model.work.report import IsCancelled, OnProgress
from mailhelper_core.store import setup
from mailhelper_core.store.handed import Connection
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import Store, UnitOfWork
from mailhelper_core.store.work import jobs
from mailhelper_core.transfer.copy import CopyService
from mailhelper_core.transfer.take_in import ImportService


def copy(
    wiring: Wiring, url: str, *, progress: OnProgress | None, cancel: IsCancelled | None, dry_run: bool
) -> CopyReport:
    """Copy the whole database into the one at `url`, and ask for its search index."""
    source, schema = wiring.store, wiring.settings.schema
    source.ensure_prepared()
    with closing(Store.open(url, clock=source.clock, schema=schema)) as target:
        if target.engine.url == source.engine.url:
            raise ConfigError("Source and target are the same database.")
        plugins = tuple(one.provider for one in wiring.registry.tables.values())
        setup.require_folder(target)
        if dry_run:
            return CopyService(source, target, plugins, setup.is_made(target, schema)).look()
        setup.migrate(target, schema, plugins)

        def ask(connection: Connection) -> None:
            for owner in accounts.owners(connection):
                _ask_for_index(target.for_owner(owner).unit(connection))

        return CopyService(source, target, plugins, at_end=ask).copy(progress=progress, cancel=cancel)


def take_in(wiring: Wiring, path: str | Path, *, owner: str | None, progress: OnProgress | None) -> ArchiveReport:
    """Take an owner's archive in, and ask for the search index."""
    settings = wiring.settings
    service = ImportService(wiring.store, settings.archive_message_bytes, settings.schemes, _ask_for_index)
    report = service.take_in(path, owner=owner, progress=progress)
    wiring.jobs.submit("index", report.owner, None)  # the one that is queued already: this rings for it
    return report


def _ask_for_index(uow: UnitOfWork) -> None:
    """Queue the job together with the mail: who is killed behind that commit is not asked again."""
    jobs.submit(uow, "index", None, plan.resource("index", uow.owner_id, None), is_rung=False)
