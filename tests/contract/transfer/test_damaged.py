"""Archives that are not as they were written, by a bad disk or a stranger: told as damaged, whatever is wrong."""

from __future__ import annotations

import base64
import json
import re
import tracemalloc
import zipfile
from collections import Counter, deque
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailhelper_core import InvalidError, MailHelper, Settings
from mailhelper_core.learn.plugins import MAX_STATE_OCTETS
from mailhelper_core.mime.structure import Limits
from mailhelper_core.model.transfer import TableRows
from mailhelper_core.store import tables as t
from mailhelper_core.transfer import archive
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


def lines_of(path: Path, line: bytes) -> list[dict[str, Any]]:
    """Answer what is read of an archive whose one table holds one line."""
    table = TableRows("messages", 1, sha256(line).hexdigest())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("tables/messages.jsonl", line)
        told = {"format": 1, "archive_id": "a", "owner": "ada", "schema": "r0001", "created_at": "", "tables": []}
        made.writestr(MANIFEST, json.dumps(told))
    with closing(ArchiveReader(path)) as reader:
        return list(reader.lines(table))


@pytest.mark.parametrize(
    "line",
    [
        b'{"subject":[' + b"[]," * 100_000 + b"0]}",
        b"[" * 300_000,
        b"{" + b",".join(b'"%d":0' % number for number in range(50_000)) + b"}",
        b'{"subject":' + b'{"a":' * 90_000 + b"0" + b"}" * 90_001,
    ],
    ids=["lists", "open", "names", "objects"],
)
def test_a_line_that_is_no_row_is_refused_before_it_takes_memory(tmp_path: Path, line: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InvalidError) as refused:
            lines_of(tmp_path / "odd.zip", line)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.value.code == "archive"
    assert peak < 4 * len(line)


def test_a_line_that_is_longer_than_any_row_is_refused_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = json.dumps({"subject": "x" * 1_000}).encode() + b"\n"
    monkeypatch.setattr(archive, "MAX_LINE_OCTETS", len(line))
    assert len(lines_of(tmp_path / "fits.zip", line)) == 1
    monkeypatch.setattr(archive, "MAX_LINE_OCTETS", len(line) - 1)

    with pytest.raises(InvalidError, match=r"a row of messages has more than [\d,]+ octets") as refused:
        lines_of(tmp_path / "long.zip", line)

    assert refused.value.code == "archive"


def test_the_largest_rows_that_there_can_be_fit_into_a_line() -> None:
    text = {"text": "\x01" * Limits().text_chars, "message_id": 1}  # six octets of JSON each, the most there is
    state = {"data": base64.b64encode(bytes(MAX_STATE_OCTETS)).decode(), "task": "x"}

    assert all(len(json.dumps(row, ensure_ascii=False)) < archive.MAX_LINE_OCTETS for row in (text, state))


def test_every_plain_value_is_read_as_it_was_written(tmp_path: Path) -> None:
    row = {
        "a": '[{"x": "\\\\"}, \n\u2028\U0001f600"]',
        "b": -1.5e-7,
        "c": None,
        "d": True,
        "e": 2**62,
        "f": "",
        "\\": "}",
    }

    assert lines_of(tmp_path / "plain.zip", json.dumps(row, ensure_ascii=False).encode() + b"\n") == [row]
    assert lines_of(tmp_path / "ascii.zip", json.dumps(row).encode() + b"\n") == [row]


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
    """On SQLite alone: it is refused before a database hears of it."""
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
        ("changes", "data", '{"a":' * 20 + '{"tag": 1}' + "}" * 20),
        ("changes", "data", f"[{'[],' * 3_000_000}0]"),
        ("accounts", "policy", "[1"),
        ("accounts", "policy", "1"),
        ("accounts", "policy", '{"poll_seconds": "x"}'),
        ("accounts", "options", '{"a": 1}'),
        ("accounts", "sayers", "[]"),
        ("messages", "addresses", '{"to": 1}'),
        ("messages", "facts", "null"),
        ("opinions", "reasons", "{}"),
        ("rule_revisions", "then_json", "null"),
        ("outbox", "kind", "explode"),
        ("outbox", "state", "sent"),
        ("owners", "rule_mode", "none"),
        ("accounts", "state", "new"),
        ("changes", "state", "done"),
        ("learned_models", "state", "fresh"),
        ("saved_searches", "sort", "random"),
        ("rules", "schedule", "never"),
        ("outbox", "data", '{"a": 1}'),
        ("outbox", "inverse", '{"operations": [["add_tag", "{}"]]}'),
        ("outbox", "decided_on", '{"x": 1}'),
        ("outbox", "decided_keywords", "1"),
        ("outbox", "intent", "[]"),
    ],
    ids=lambda one: str(one)[:16],
)
def test_a_row_that_a_stranger_has_written_is_told_as_damage(
    table: str, column: str, value: object, new_url: str, exported: Path, tmp_path: Path
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

    with MailHelper(Settings(new_url, key=KEY, schemes=("imap",))) as helper:
        with pytest.raises(InvalidError) as refused:
            helper.import_archive(archive)

        assert refused.value.code == "archive"
        if value is not ...:
            lines = len(files[f"tables/{table}.jsonl"].splitlines())
            told = rf"`{table}.{column}` of row \d+ is (nested|.* \(line {lines} of tables/{table}.jsonl\))"
            assert re.search(told, str(refused.value))
        assert rows_of(new_url, owner=CANARY)["messages"] == 0
        with helper._wiring.store.read() as connection:
            assert connection.scalars(select(t.owners.c.key)).all() == [], "nothing is half there"


def test_a_message_larger_than_may_be_held_in_memory_is_refused_whatever_its_row_says(
    new_url: str, exported: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(exported) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    change_line(files, "blobs", size=10**12)
    archive = tmp_path / "hostile.zip"
    with zipfile.ZipFile(archive, "w") as changed:
        for name, octets in files.items():
            changed.writestr(name, octets)

    for path, most in ((archive, 150_000_000), (exported, 100)):
        with MailHelper(Settings(new_url, key=KEY, archive_message_bytes=most)) as helper:
            with pytest.raises(InvalidError, match="nothing was taken in") as refused:
                helper.import_archive(path)

            assert refused.value.code == "archive_message"
            assert rows_of(new_url, owner=CANARY)["messages"] == 0
