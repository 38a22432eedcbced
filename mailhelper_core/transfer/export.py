"""ExportService: one owner as one file that any program can read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from mailhelper_core.model.door import guarded
from mailhelper_core.model.transfer import ArchiveReport
from mailhelper_core.model.work.report import OnProgress, Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.moving import catalog, copying, lines, rows
from mailhelper_core.store.revision import HEAD
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.transfer.archive import ArchiveWriter, Manifest

STAGE = "export"
# Raw messages between two steps of the bar.
STEP = 100


@guarded
@dataclass(frozen=True, slots=True)
class ExportService:
    """Writes the archive of one owner."""

    owner: OwnerStore

    def export(self, path: str | Path, *, progress: OnProgress | None = None) -> ArchiveReport:
        """Write mail, tags, rules, opinions, corrections, models and the audit into a ZIP, as of one moment.

        Passwords stay behind; the file is readable by this user alone, and not encrypted. It appears when it is
        whole. A raw message that the store outside the database has lost is left out and counted. Raises InvalidError
        where something lies at `path` already.
        """
        self.owner.require_own_transaction("export")
        with _written(Path(path)) as writer, copying.snapshot(self.owner.store) as connection:
            uow = self.owner.unit(connection)
            contents, lost = _write_mail(uow, writer, progress)
            tables = tuple(writer.table(catalog.short(one), lines.read(uow, one, lost)) for one in catalog.archived())
            made = self.owner.store.clock().isoformat()
            writer.finish(Manifest(uuid4().hex, self.owner.owner, HEAD, made, tables))
        return ArchiveReport(self.owner.owner, tables, contents, len(lost))


@contextmanager
def _written(path: Path) -> Iterator[ArchiveWriter]:
    writer = ArchiveWriter(path)
    try:
        yield writer
    finally:
        writer.discard()


def _write_mail(uow: UnitOfWork, writer: ArchiveWriter, progress: OnProgress | None) -> tuple[int, set[bytes]]:
    """Write the raw messages; answer how many, and the digests of those that are lost."""
    total = rows.count(uow.connection, t.blobs, catalog.owned(t.blobs, uow.owner_id))
    number, lost = 0, set()
    for number, (digest, raw) in enumerate(lines.contents(uow), 1):
        if raw is None:
            lost.add(digest)
        else:
            writer.mail(raw)
        if progress is not None and (number % STEP == 0 or number == total):
            progress(Progress(STAGE, number, total))
    return number - len(lost), lost
