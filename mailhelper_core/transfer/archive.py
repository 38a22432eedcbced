"""The portable archive: a ZIP of `manifest.json`, a file of JSON lines for each table, and each raw message as .eml.

Whoever reads one trusts nothing in it: names, sizes and digests are checked before a row is used.
"""

from __future__ import annotations

import fcntl
import json
import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.transfer import TableRows
from mailhelper_core.store.owner_key import check_owner

FORMAT = 1
MANIFEST = "manifest.json"
# A line is a row: the text of a message has six megabytes at most, what a plugin has learned 27 in base64.
MAX_LINE_OCTETS = 32_000_000
# Plain values by name, and no table has so many columns. Lists in lists, or names without end, would take 25 times the
# octets of their line before anybody could look at them.
_ROW = re.compile(
    rb"""\{(?:\s*"[^"\\]*+(?:\\.[^"\\]*+)*+"\s*:\s*(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"|[-+.\w]++)\s*(?:,|(?=\}))){1,200}+\}\s*""",
    re.DOTALL,
)
MAX_MANIFEST_OCTETS = 1_000_000

# What a ZIP raises whose octets are not what somebody wrote: each way to compress has errors of its own.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, KeyError, OSError, RuntimeError, ValueError,
)  # fmt: skip

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says about itself."""

    archive_id: str  # drawn at the export
    owner: str  # whose it is
    schema: str  # the revision of the database it was made from
    created_at: str  # ISO 8601
    tables: tuple[TableRows, ...]  # in the order in which they are written


def _require_path(path: Path) -> None:
    """Raise InvalidError for what no system can be asked for; what it is stays unsaid, for it cannot be printed."""
    try:
        octets = os.fsencode(path)
    except UnicodeEncodeError:
        octets = b"\0"
    if b"\0" in octets:
        raise InvalidError("A path holds neither NUL nor half of a character.", code="path")


class ArchiveWriter:
    """Writes an archive beside its place; `finish` puts it there. Only we may read it, for it is not encrypted."""

    def __init__(self, path: Path) -> None:
        """Raise InvalidError where something is already, another writes, or nothing can be written."""
        _require_path(path)
        if path.exists():
            raise InvalidError(f"There is something at {path} already.", code="path")
        self._path, self._part = path, path.with_name(path.name + ".part")
        try:
            self._file = os.fdopen(os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
            os.fchmod(self._file.fileno(), 0o600)  # what was there before may have been open to others
        except OSError as exc:
            raise InvalidError(f"Nothing can be written at {path}.", code="path") from exc
        if not self._is_ours():
            self._file.close()
            raise InvalidError(f"Another archive is being written at {path}.", code="path")
        self._file.truncate()
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)

    def _is_ours(self) -> bool:
        """Lock the file, which ends with the process, and say whether it still is the one that has this name."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return os.path.samestat(os.fstat(self._file.fileno()), self._part.stat())
        except OSError:
            return False

    def table(self, name: str, lines: Iterable[Line]) -> TableRows:
        """Write the rows of a table."""
        digest, count = sha256(), 0
        with self._zip.open(_table_name(name), "w", force_zip64=True) as file:
            for line in lines:
                count += 1
                octets = json.dumps(line, ensure_ascii=False).encode() + b"\n"
                digest.update(octets)
                file.write(octets)
        return TableRows(name, count, digest.hexdigest())

    def mail(self, raw: bytes) -> None:
        """Write a raw message under its digest."""
        self._zip.writestr(_mail_name(sha256(raw).digest()), raw)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, see that all lies on the disk, and give the archive its name."""
        tables = [{"table": one.table, "rows": one.rows, "sha256": one.digest} for one in manifest.tables]
        value = {
            "format": FORMAT, "archive_id": manifest.archive_id, "owner": manifest.owner, "schema": manifest.schema,
            "created_at": manifest.created_at, "tables": tables,
        }  # fmt: skip
        self._zip.writestr(MANIFEST, json.dumps(value, indent=1, ensure_ascii=False))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.rename(self._path)  # while it is locked
        self._file.close()

    def discard(self) -> None:
        """Leave nothing behind of an archive that is not finished."""
        if not self._file.closed:
            self._part.unlink(missing_ok=True)
            self._file.close()


class ArchiveReader:
    """Reads an archive; raises InvalidError for one that is not there, damaged or of a later program."""

    def __init__(self, path: Path) -> None:
        _require_path(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as exc:
            raise InvalidError(f"There is no file at {path} that can be opened.", code="path") from exc
        except _BROKEN as exc:
            raise InvalidError(f"{path} cannot be read as an archive.", code="archive") from exc
        try:
            self.manifest = _manifest(self._octets(MANIFEST, MAX_MANIFEST_OCTETS))
        except InvalidError:
            self.close()
            raise

    def lines(self, table: TableRows) -> Generator[Line, None, None]:
        """Yield the rows of a table; behind the last, raise where they are not those that were written. Close it."""
        digest = sha256()
        try:
            with self._zip.open(_table_name(table.table)) as file:
                while octets := file.readline(MAX_LINE_OCTETS + 1):
                    digest.update(octets)
                    yield _row(octets, table.table)
        except _BROKEN as exc:
            raise _damaged(table.table) from exc
        if digest.hexdigest() != table.digest:
            raise _damaged(table.table)

    def mail(self, digest: bytes, size: int) -> bytes:
        """Answer a raw message of this digest and size."""
        raw = self._octets(_mail_name(digest), size)
        if sha256(raw).digest() != digest:
            raise _damaged("mail")
        return raw

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _octets(self, name: str, limit: int) -> bytes:
        try:
            with self._zip.open(name) as file:
                octets = file.read(limit + 1)
        except _BROKEN as exc:
            raise _damaged(name.partition("/")[0]) from exc
        if len(octets) > limit:
            raise _damaged(name.partition("/")[0])
        return octets


def _manifest(octets: bytes) -> Manifest:
    value = _object(octets)
    if value.get("format") != FORMAT:
        raise InvalidError("This archive was made by a newer mailhelper; upgrade this program.", code="archive_newer")
    try:
        tables = tuple(TableRows(str(one["table"]), int(one["rows"]), str(one["sha256"])) for one in value["tables"])
        told = {name: str(value[name]) for name in ("archive_id", "owner", "schema", "created_at")}
        check_owner(told["owner"])
        told["archive_id"].encode()  # half a character has no octets
    except (KeyError, TypeError, ValueError) as exc:
        raise _damaged(MANIFEST) from exc
    return Manifest(**told, tables=tables)


def _row(octets: bytes, table: str) -> Line:
    if len(octets) > MAX_LINE_OCTETS:
        advice = f"a row of {table} has more than {MAX_LINE_OCTETS:,} octets, which none has that was exported"
        raise InvalidError(f"The archive is damaged: {advice}.", code="archive")
    if not _ROW.fullmatch(octets):
        raise _damaged("json")
    return _object(octets)


def _object(octets: bytes) -> Line:
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError) as exc:
        raise _damaged("json") from exc
    if not isinstance(value, dict):
        raise _damaged("json")
    return value


def _damaged(what: str) -> InvalidError:
    return InvalidError(f"The archive is damaged ({what}); nothing of it can be trusted.", code="archive")


def _table_name(name: str) -> str:
    return f"tables/{name}.jsonl"


def _mail_name(digest: bytes) -> str:
    return f"mail/{digest.hex()}.eml"
