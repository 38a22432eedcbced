"""Reports of moving house: what was copied, archived, taken in or erased; counts, never mail."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.model.work.report import AsDict


@dataclass(frozen=True, slots=True)
class TableRows(AsDict):
    """How many rows of one table moved."""

    table: str  # its name without our prefix
    rows: int  # in all
    digest: str = ""  # SHA-256 over the digests of its rows in the order of their keys; empty after a dry run


@dataclass(frozen=True, slots=True)
class CopyReport(AsDict):
    """What a copy of a whole database did; where one fails, it raises."""

    tables: tuple[TableRows, ...]  # parents before children
    copied: int = 0  # rows that this call wrote: fewer than there are where it went on after a break
    verified: int = 0  # rows that were read on both sides and are equal
    dry_run: bool = False  # nothing was written

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class ArchiveReport(AsDict):
    """What went into an archive, or came out of one."""

    owner: str  # whose it is
    tables: tuple[TableRows, ...]  # parents before children
    contents: int  # raw messages
    lost: int = 0  # raw messages that the store outside the database had lost: left out

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class EraseReport(AsDict):
    """What was erased of an owner."""

    messages: int = 0  # with all that belonged to them
    rows: int = 0  # of all other tables
    is_wiped: bool = False  # whether the octets are gone from the database's files too: see the manual
