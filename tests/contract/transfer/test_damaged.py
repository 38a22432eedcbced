"""Archives that are not as they were written, by a bad disk or a stranger: told as damaged, whatever is wrong."""

from __future__ import annotations

import json
import zipfile
from collections import Counter, deque
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from mailhelper_core import InvalidError, MailHelper, Settings
from mailhelper_core.model.transfer import TableRows
from mailhelper_core.transfer.archive import MANIFEST, ArchiveReader, ArchiveWriter, Manifest
from tests.contract.transfer.house import CANARY, KEY, rows_of
from tests.contract.transfer.test_archive import change_line

ROWS = [{"id": number, "subject": "invoice " * (number % 9), "digest": f"{number * 7919:x}"} for number in range(300)]
RAW = b"".join(b"line %d of a mail\r\n" % (number * 31) for number in range(400))


def written(path: Path) -> bytes:
    """Answer the octets of an archive of one table and one message."""
    archive = ArchiveWriter(path)
    archive.mail(RAW)
    tables: tuple[TableRows, ...] = (archive.table("messages", ROWS),)
    archive.finish(Manifest("a", "ada", "r0001", "2026-11-30", tables))
    return path.read_bytes()


def read(path: Path, digest: bytes) -> str:
    """Read all of an archive and answer how that ends."""
    try:
        with closing(ArchiveReader(path)) as reader:
            for table in reader.manifest.tables:
                deque(reader.lines(table), maxlen=0)
            reader.mail(digest, len(RAW))
    except InvalidError as exc:
        return exc.code
    return "read"


def test_an_archive_that_a_disk_has_damaged_anywhere_is_told_as_damaged(tmp_path: Path) -> None:
    whole = written(tmp_path / "ada.zip")
    digest, damaged = sha256(RAW).digest(), tmp_path / "damaged.zip"
    told: Counter[str] = Counter()

    for bit in range(0, len(whole) * 8, 29):
        octet = whole[bit // 8] ^ (1 << bit % 8)
        damaged.write_bytes(whole[: bit // 8] + bytes([octet]) + whole[bit // 8 + 1 :])
        told[read(damaged, digest)] += 1

    assert read(tmp_path / "ada.zip", digest) == "read"
    assert told["archive"] > told["read"]
    assert set(told) <= {"archive", "archive_newer", "read"}


@pytest.mark.parametrize(("name", "value"), [("owner", ""), ("owner", "ad\x01a"), ("archive_id", "\ud800")])
def test_a_manifest_that_names_what_there_cannot_be_is_damage(tmp_path: Path, name: str, value: str) -> None:
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as odd:
        told = {"format": 1, "archive_id": "a", "owner": "ada", "schema": "r0001", "created_at": "", "tables": []}
        odd.writestr(MANIFEST, json.dumps(told | {name: value}))

    with pytest.raises(InvalidError) as refused:
        ArchiveReader(tmp_path / "ada.zip")

    assert refused.value.code == "archive"


@pytest.mark.parametrize("name", ["absent.zip", "absent/ada.zip", "."])
def test_an_archive_that_is_not_there_is_not_told_as_damaged(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidError, match=r"no file at .* that can be opened") as refused:
        ArchiveReader(tmp_path / name)

    assert refused.value.code == "path"


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_what_can_be_no_path_is_refused(tmp_path: Path, name: str) -> None:
    with MailHelper(f"sqlite:///{tmp_path}/mail.db") as helper:
        for call in (helper.for_owner("ada").export, helper.import_archive):
            with pytest.raises(InvalidError, match="neither NUL") as refused:
                call(tmp_path / name)

            assert refused.value.code == "path"


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("blobs", "digest", ...),
        ("accounts", "url", ...),
        ("accounts", "state", ...),
        ("changes", "data", "{bad"),
        ("outbox", "decided_on", "[" * 100_000),
    ],
)
def test_a_row_that_a_stranger_has_written_is_told_as_damage(
    table: str, column: str, value: object, sqlite_database: str, exported: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(exported) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    if table == "accounts":
        change_line(files, table, has_secret=False)  # one with a password has a state of its own here
    change_line(files, table, **{column: value})
    archive = tmp_path / "damaged.zip"
    with zipfile.ZipFile(archive, "w") as changed:
        for name, octets in files.items():
            changed.writestr(name, octets)

    with MailHelper(Settings(sqlite_database, key=KEY, schemes=("imap",))) as helper:
        with pytest.raises(InvalidError) as refused:
            helper.import_archive(archive)

        assert refused.value.code == "archive"
        assert rows_of(sqlite_database, owner=CANARY)["messages"] == 0


def test_a_message_larger_than_may_be_held_in_memory_is_refused_whatever_its_row_says(
    sqlite_database: str, exported: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(exported) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change_line(files, "blobs", size=10**12)
    archive = tmp_path / "hostile.zip"
    with zipfile.ZipFile(archive, "w") as changed:
        for name, octets in files.items():
            changed.writestr(name, octets)

    for path, most in ((archive, 150_000_000), (exported, 100)):
        with MailHelper(Settings(sqlite_database, key=KEY, archive_message_bytes=most)) as helper:
            with pytest.raises(InvalidError, match="nothing was taken in") as refused:
                helper.import_archive(path)

            assert refused.value.code == "archive_message"
            assert rows_of(sqlite_database, owner=CANARY)["messages"] == 0
