"""CopyService: a whole database into an empty one, in batches, going on where a break ended it, compared row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from itertools import zip_longest

from mailhelper_core.errors import BusyError, ConflictError
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.transfer import CopyReport, TableRows
from mailhelper_core.model.work.report import IsCancelled, OnProgress, Progress
from mailhelper_core.store.handed import Connection, Table
from mailhelper_core.store.moving import catalog, copying, rows
from mailhelper_core.store.moving.rows import Row
from mailhelper_core.store.unit_of_work import Store

COPY, VERIFY = "copy", "verify"


@dataclass(frozen=True, slots=True)
class CopyService:
    """Copies what `source` holds into `target`, whose schema is current; nobody may work on either meanwhile."""

    source: Store
    target: Store
    plugins: tuple[PluginTables, ...] = ()
    target_is_made: bool = True
    at_end: Callable[[Connection], None] = lambda target: None  # within the transaction that hands the copy over

    def look(self) -> CopyReport:
        """Answer what there is to copy, and write nothing; of a target without tables nothing is asked."""
        self._require_rest()
        if self.target_is_made:
            self._require_free()
        with copying.snapshot(self.source) as source:
            return CopyReport(_counted(source, catalog.copied(self.plugins)), dry_run=True)

    def copy(self, *, progress: OnProgress | None = None, cancel: IsCancelled | None = None) -> CopyReport:
        """Copy, compare, and hand the copy over to programs.

        Killed or cancelled at any moment, the next call goes on behind the last row. Raises BusyError while somebody
        works on the source, ConflictError for a target that holds something else or a source that changed meanwhile.
        """
        tables = catalog.copied(self.plugins)
        self._require_rest()
        self._begin()
        with copying.snapshot(self.source) as source:
            counted = _counted(source, tables)
            meter = _Meter(sum(table.rows for table in counted), progress or _silent)
            copied = sum(self._copy(source, table, meter, cancel or _never) for table in tables)
        if cancel is not None and cancel():
            return CopyReport(counted, copied)
        compared = self._compare_and_finish(tables, meter)
        return CopyReport(compared, copied, sum(table.rows for table in compared))

    def _compare_and_finish(self, tables: list[Table], meter: _Meter) -> tuple[TableRows, ...]:
        self._require_rest()
        # As of a later moment than the copy: what somebody wrote meanwhile differs.
        with copying.snapshot(self.source) as source:
            compared = self._compare(source, tables, meter)
            with self.source.read() as now:
                _require_as_many(compared, _counted(now, tables))
            with self.target.begin() as target:
                copying.finish(source, target, tables)
                self.at_end(target)
        return compared

    def _require_rest(self) -> None:
        with self.source.read() as source:
            if copying.is_busy(source, self.source.now()):
                raise BusyError(
                    "Somebody works on this database: stop all workers and watchers, then copy.",
                    code="source_busy",
                    retry_after=60.0,
                )

    def _require_free(self) -> None:
        with self.target.read() as target:
            if copying.copy_of(target) is None and not copying.is_empty(target):
                raise _target_used()

    def _begin(self) -> None:
        name = copying.database_id(self.source)
        with self.target.begin() as target:
            begun = copying.copy_of(target)
            if begun == name:
                return
            if begun is not None or not copying.is_empty(target):
                raise _target_used()
            copying.begin(target, name)

    def _copy(self, source: Connection, table: Table, meter: _Meter, is_over: IsCancelled) -> int:
        with self.target.read() as target:
            after, there = rows.last_key(target, table), rows.count(target, table)
        meter.tell(COPY, there)
        copied = 0
        with closing(rows.read(source, table, after=after)) as found:
            for batch in rows.batches(found, rows.weight):
                if is_over():
                    break
                with self.target.begin() as target:
                    rows.insert(target, table, batch)
                copied += len(batch)
                meter.tell(COPY, len(batch))
        return copied

    def _compare(self, source: Connection, tables: list[Table], meter: _Meter) -> tuple[TableRows, ...]:
        meter.done = 0
        with copying.snapshot(self.target) as target:
            return tuple(_compared(table, source, target, meter) for table in tables)


@dataclass(slots=True)
class _Meter:
    total: int
    tell_all: OnProgress
    done: int = 0

    def tell(self, stage: str, more: int) -> None:
        self.done += more
        self.tell_all(Progress(stage, self.done, self.total))


def _counted(source: Connection, tables: list[Table]) -> tuple[TableRows, ...]:
    return tuple(TableRows(catalog.short(table), rows.count(source, table)) for table in tables)


def _compared(table: Table, source: Connection, target: Connection, meter: _Meter) -> TableRows:
    """Read a table on both sides, in step; the first row that differs is named."""
    whole, number = sha256(), 0
    with closing(rows.read(source, table)) as ours, closing(rows.read(target, table)) as theirs:
        for number, digest in enumerate(_equal(table, ours, theirs), 1):
            whole.update(digest)
            if number % rows.BATCH_ROWS == 0:
                meter.tell(VERIFY, rows.BATCH_ROWS)
    meter.tell(VERIFY, number % rows.BATCH_ROWS)
    return TableRows(catalog.short(table), number, whole.hexdigest())


def _require_as_many(compared: Iterable[TableRows], now: Iterable[TableRows]) -> None:
    """Raise where rows came or went while they were compared: whatever an owner or a worker does adds some."""
    for one, other in zip(compared, now, strict=True):
        if one.rows != other.rows:
            raise _differs(min(one.rows, other.rows) + 1, one.table)


def _equal(table: Table, ours: Iterable[Row], theirs: Iterable[Row]) -> Iterator[bytes]:
    for number, (one, other) in enumerate(zip_longest(ours, theirs), 1):
        digest = rows.digest(one) if one is not None else b""
        if other is None or digest != rows.digest(other):
            raise _differs(number, catalog.short(table))
        yield digest


def _differs(number: int, table: str) -> ConflictError:
    return ConflictError(
        f"Row {number} of {table} differs: the source changed meanwhile. Empty the target, "
        "keep everybody from the source, and copy again.",
        code="copy_differs",
    )


def _target_used() -> ConflictError:
    return ConflictError("The target holds mail already; copy into an empty database.", code="target_used")


def _silent(_: Progress) -> None:
    """Say nothing."""


def _never() -> bool:
    return False
