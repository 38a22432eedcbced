"""Moving house, wired: a whole database into another, an owner out of an archive."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from mailhelper_core.app.wiring import Wiring
from mailhelper_core.errors import ConfigError
from mailhelper_core.jobs.service import JobService
from mailhelper_core.model.transfer import ArchiveReport, CopyReport
from mailhelper_core.model.work.report import IsCancelled, OnProgress
from mailhelper_core.store import setup
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import Store
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
        service = CopyService(source, target, plugins)
        report = service.copy(progress=progress, cancel=cancel)
        if report.verified:
            with target.read() as connection:
                owners = accounts.owners(connection)
            _ask_for_index(JobService(target, wiring.settings), owners)
    return report


def take_in(wiring: Wiring, path: str | Path, *, owner: str | None, progress: OnProgress | None) -> ArchiveReport:
    """Take an owner's archive in, and ask for the search index."""
    settings = wiring.settings
    service = ImportService(wiring.store, settings.archive_message_bytes, settings.schemes)
    report = service.take_in(path, owner=owner, progress=progress)
    _ask_for_index(wiring.jobs, [report.owner])
    return report


def _ask_for_index(jobs: JobService, owners: Iterable[str]) -> None:
    for owner in owners:
        jobs.submit("index", owner, None)
