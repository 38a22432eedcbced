"""ImportService: an owner out of an archive, into any database; seen when all is there."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from mailhelper_core.errors import ConflictError, InvalidError
from mailhelper_core.model.transfer import ArchiveReport, TableRows
from mailhelper_core.model.work.report import OnProgress, Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value
from mailhelper_core.store.contents.outside import GONE
from mailhelper_core.store.contents.packed import compress
from mailhelper_core.store.handed import Table
from mailhelper_core.store.lease import Lease
from mailhelper_core.store.moving import arrivals, catalog, lines, rows, shapes
from mailhelper_core.store.moving.arrivals import Arrived
from mailhelper_core.store.moving.ids import NewIds
from mailhelper_core.store.owner_key import check_owner
from mailhelper_core.store.revision import HEAD
from mailhelper_core.store.unit_of_work import OwnerStore, Store, UnitOfWork
from mailhelper_core.store.work import leases
from mailhelper_core.transfer.archive import ArchiveReader, Line
from mailhelper_core.transfer.erase import EraseService

STAGE = "import"
LEASE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class ImportService:
    """Takes archives in; `schemes` are the URL schemes that accounts may have here, None for all.

    message_bytes: how large a message may be, whatever the archive says of it.
    """

    store: Store
    message_bytes: int
    schemes: Collection[str] | None = None
    at_end: Callable[[UnitOfWork], None] = lambda uow: None  # within the transaction from which on it is seen

    def take_in(
        self, path: str | Path, *, owner: str | None = None, progress: OnProgress | None = None
    ) -> ArchiveReport:
        """Take an archive in for its owner, or for another one who has nothing here yet.

        Nothing is seen before the end; killed half-way, the next call begins anew. Ids are drawn again, in the same
        order. Accounts that had a password wait for it (state `needs_auth`). Raises InvalidError for an archive that
        is damaged or of a newer program, ConflictError for an owner who has mail here.
        """
        with closing(ArchiveReader(Path(path))) as reader:
            manifest = reader.manifest
            key = manifest.owner if owner is None else check_owner(owner)
            tables = _known(manifest.schema, manifest.tables)
            resource = arrivals.resource_of(arrivals.hidden_key(manifest.archive_id, key))
            with leases.holding(self.store, resource, seconds=LEASE_SECONDS) as lease:
                # Not before: who has just taken the same archive in keeps contents under the name that is used here.
                with self.store.read() as connection:
                    arrivals.require_room(connection, key)
                return self._take_in(reader, key, tables, lease, progress)

    def _take_in(
        self,
        reader: ArchiveReader,
        key: str,
        tables: dict[str, TableRows],
        lease: Lease,
        progress: OnProgress | None,
    ) -> ArchiveReport:
        for killed in arrivals.begun(self.store, reader.manifest.archive_id):
            EraseService(self.store.for_owner(killed)).erase()
        hidden = self.store.for_owner(arrivals.hidden_key(reader.manifest.archive_id, key))
        total = sum(one.rows for one in tables.values())
        arrival = _Arrival(hidden, reader, lease, self.message_bytes, self.schemes, total, progress)
        try:
            arrival.take_ids(tables)
            accounts = [one for name in tables for one in arrival.take(tables[name])]
            with hidden.begin(lease) as uow:
                arrivals.hand_over(uow, key, accounts)
                self.at_end(uow)
        except (InvalidError, ConflictError) as exc:
            EraseService(hidden).erase()
            if exc.code == "integrity":
                raise InvalidError("The archive is damaged (references); it was not taken in.", code="archive") from exc
            raise
        finally:
            self.store.forget_owner(hidden.owner)
            self.store.forget_owner(key)
        return ArchiveReport(key, tuple(tables.values()), arrival.contents, arrival.lost)


@dataclass(slots=True)
class _Arrival:
    """One archive on its way in."""

    owner: OwnerStore
    reader: ArchiveReader
    lease: Lease
    message_bytes: int
    schemes: Collection[str] | None
    total: int
    progress: OnProgress | None
    contents: int = 0
    lost: int = 0
    done: int = 0
    ids: NewIds = field(default_factory=NewIds)

    def take_ids(self, tables: dict[str, TableRows]) -> None:
        """Draw new ids for all rows; reading them all shows whether the archive is whole."""
        for name, written in tables.items():
            table = _table(name)
            with closing(self.reader.lines(written)) as found:
                old = array("q", (_id(line, table) for line in found))
            if len(old) != written.rows or (table is t.owners and len(old) > 1):
                raise InvalidError("The archive is damaged (rows); nothing of it can be trusted.", code="archive")
            if rows.key(table) == ("id",):
                with self.owner.begin(self.lease) as uow:
                    arrivals.new_ids(uow, table, old, self.ids)

    def take(self, written: TableRows) -> list[Arrived]:
        """Insert the rows of a table, a batch a transaction, and answer the accounts among them."""
        table = _table(written.table)
        arrived: list[Arrived] = []
        with closing(self.reader.lines(written)) as found:
            for batch in rows.batches((self._row(table, *one) for one in enumerate(found, 1)), _weight):
                with self.owner.begin(self.lease) as uow:
                    arrived += arrivals.insert(uow, table, batch, self.ids)
                self.done += len(batch)
                if self.progress is not None:
                    self.progress(Progress(STAGE, self.done, self.total))
        return arrived

    def _row(self, table: Table, number: int, line: Line) -> dict[str, Value]:
        row = lines.row_of(table, line)
        shapes.check(table, row, number)
        if table is t.blobs and line.get(lines.IS_LOST):
            self.lost += 1
            row["data"] = GONE
        elif table is t.blobs:
            digest, size = row.get("digest") or b"", row.get("size") or 0
            row["data"] = self._content(bytes(digest), int(size))  # type: ignore[arg-type]
        if table is t.accounts:
            row |= {"sealed_secret": None}
            if line.get(lines.HAS_PASSWORD):
                row |= {"state": "needs_auth", "state_code": "imported"}
            if self.schemes is not None and str(row.get("url")).partition(":")[0].lower() not in self.schemes:
                row |= {"state": "paused", "state_code": "scheme"}
        return row

    def _content(self, digest: bytes, size: int) -> bytes:
        if size > self.message_bytes:
            raise InvalidError(
                f"The archive holds a message of {size} octets, and {self.message_bytes} are taken in at most "
                "(`Settings.archive_message_bytes`); nothing was taken in.",
                code="archive_message",
            )
        self.contents += 1
        data = compress(self.reader.mail(digest, size))
        outside = self.owner.store.contents
        return data if outside is None else outside.put(self.owner.owner, digest, data)


def _known(schema: str, tables: tuple[TableRows, ...]) -> dict[str, TableRows]:
    """Answer the tables of an archive in the order in which they are taken in; raise for a newer program's."""
    written = {one.table: one for one in tables}
    ours = [catalog.short(table) for table in catalog.archived()]
    if schema > HEAD or set(written) - set(ours):
        raise InvalidError("This archive was made by a newer mailhelper; upgrade this program.", code="archive_newer")
    return {name: written[name] for name in ours if name in written}


def _table(name: str) -> Table:
    return t.metadata.tables[t.PREFIX + name]


def _id(line: Line, table: Table) -> int:
    if rows.key(table) != ("id",):
        return 0
    found = line.get("id")
    if not isinstance(found, int) or not 0 < found < 2**63:
        raise InvalidError("The archive is damaged (ids); nothing of it can be trusted.", code="archive")
    return found


def _weight(row: dict[str, Value]) -> int:
    return rows.weight(row.values())
