"""An owner goes into one file and comes out of it elsewhere: the same mail, decisions and history under new ids."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mailhelper_core import ConflictError, InvalidError, LoginError, MailHelper, OwnerServices, advice_for
from mailhelper_core.jobs.service import JobService
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.work.report import Progress
from mailhelper_core.store import tables as t
from mailhelper_core.store.moving import catalog, rows
from tests.contract.transfer.conftest import Open
from tests.contract.transfer.house import CANARY, rows_of

# What an archive leaves to the database it comes into: its own bookkeeping, and words that wait for the index.
LEFT_OUT = {*catalog.NOT_ARCHIVED, "pending"}


def test_an_archive_brings_back_all_that_the_owner_had(
    house: MailHelper, database_url: str, other_url: str, archive: Path, elsewhere: MailHelper
) -> None:
    report = elsewhere.import_archive(archive)

    before, after = rows_of(database_url, owner=CANARY), rows_of(other_url, owner=CANARY)
    assert {name: n for name, n in after.items() if name not in LEFT_OUT} == {
        name: n for name, n in before.items() if name not in LEFT_OUT
    }
    assert report.contents == before["blobs"] == 13
    assert _seen(elsewhere.for_owner(CANARY)) == _seen(house.for_owner(CANARY))
    assert [tag.name for tag in elsewhere.for_owner("eve").tags.list()] == ["eve's"]


def test_what_came_is_found_and_can_be_taken_back(archive: Path, elsewhere: MailHelper) -> None:
    elsewhere.import_archive(archive)
    ada = elsewhere.for_owner(CANARY)
    while elsewhere.jobs.run(kinds=("index",)):
        pass

    assert [m.subject for m in ada.search(f"subject:{CANARY}")] == [f"the {CANARY} sings"]
    tagging = next(change for change in ada.changes() if change.kind == "tag")
    assert ada.undo(tagging).undone == len(tagging) - 1, "one was taken off by hand"
    assert (ada.accounts.list()[0].state, ada.accounts.list()[0].state_code) == ("needs_auth", "imported")


@pytest.mark.parametrize("deed", ["delete", "merge"])
def test_a_tag_that_was_deleted_before_the_archive_comes_back_by_undo(
    deed: str, house: MailHelper, elsewhere: MailHelper, tmp_path: Path
) -> None:
    ada, eve = house.for_owner(CANARY), elsewhere.for_owner("eve")
    ids = [message.id for message in ada.search("", limit=2)]
    subjects = [ada.messages.get(id_).subject for id_ in ids]
    ada.tags.propose([SuggestedTag(ids[0], "Bills", 0.9, "test")])
    ada.tags.accept("Bills")
    ada.tags.create("Money")
    for number in range(ada.tags.get("Money").id + 1):  # its old id is another's there
        eve.tags.create(f"eve's {number}")
    change = ada.tags.delete("Bills") if deed == "delete" else ada.tags.merge("Bills", "Money")
    ada.export(tmp_path / "ada.zip")
    elsewhere.import_archive(tmp_path / "ada.zip")
    there = elsewhere.for_owner(CANARY)

    report = there.undo(next(one for one in there.changes(limit=500) if one.kind == change.kind))

    assert report.left == 0
    carriers = list(there.search("tag:Bills"))
    assert [message.subject for message in carriers] == subjects[:1]
    assert [(one.message_id, one.is_positive) for one in there.tags.examples("Bills")] == [(carriers[0].id, True)]
    assert there.tags.examples("Money") == ()


def test_who_is_killed_right_behind_the_end_has_asked_for_the_index(
    archive: Path, elsewhere: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(JobService, "submit", kill)
    with pytest.raises(KeyboardInterrupt):
        elsewhere.import_archive(archive)

    assert [job.kind for job in elsewhere.for_owner(CANARY).jobs.list(state="queued")] == ["index"]


def test_an_account_asks_for_its_password_before_it_goes_to_the_server(archive: Path, elsewhere: MailHelper) -> None:
    elsewhere.import_archive(archive)
    ada = elsewhere.for_owner(CANARY)
    account = ada.accounts.list()[0]

    with pytest.raises(LoginError) as raised:
        ada.sync(account.id)
    check = ada.accounts.check(account.id)

    assert (raised.value.code, check.code, check.advice) == ("imported", "imported", advice_for("imported"))
    assert ada.accounts.get(account.id).state_code == "imported"
    assert ada.accounts.update(account.id, password="secret").state == "ok"


def test_an_archive_is_readable_without_us_and_holds_no_password(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        mails = [name for name in opened.namelist() if name.endswith(".eml")]
        accounts = [json.loads(line) for line in opened.read("tables/accounts.jsonl").splitlines()]
        texts = b"".join(opened.read(mail) for mail in mails)

    assert (manifest["owner"], len(mails)) == (CANARY, 13)
    assert CANARY.encode() in texts
    assert [account["has_secret"] for account in accounts] == [True]
    assert "sealed_secret" not in accounts[0]
    assert archive.stat().st_mode & 0o077 == 0


def test_an_owner_who_has_mail_here_is_left_alone(house: MailHelper, archive: Path) -> None:
    with pytest.raises(ConflictError) as refused:
        house.import_archive(archive)

    assert refused.value.code == "owner_used"
    assert house.import_archive(archive, owner="ada's copy").owner == "ada's copy"
    assert _seen(house.for_owner("ada's copy")) == _seen(house.for_owner(CANARY))


def test_an_import_that_was_killed_is_not_seen_and_begins_anew(
    other_url: str, archive: Path, elsewhere: MailHelper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BATCH_ROWS", 20)

    def kill(progress: Progress) -> None:
        if progress.done * 2 > progress.total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elsewhere.import_archive(archive, progress=kill)
    assert set(rows_of(other_url, owner=CANARY).values()) == {0}
    assert elsewhere.jobs.tick().polls_due == 0

    elsewhere.import_archive(archive)

    assert rows_of(other_url, owner=CANARY)["messages"] == 13
    with elsewhere._wiring.store.read() as connection:
        assert sorted(connection.scalars(select(t.owners.c.key))) == sorted(["eve", CANARY])


def _no_mail(files: dict[str, bytes]) -> None:
    files.pop(next(name for name in files if name.startswith("mail/")))


def _other_mail(files: dict[str, bytes]) -> None:
    files[next(name for name in files if name.startswith("mail/"))] += b"x"


def _cut_table(files: dict[str, bytes]) -> None:
    files["tables/opinions.jsonl"] = files["tables/opinions.jsonl"][:-40]


def _later_program(files: dict[str, bytes]) -> None:
    change_manifest(files, schema="r9999")


def _foreign_row(files: dict[str, bytes]) -> None:
    change_line(files, "tags", owner_id=1, id=1)
    change_line(files, "mailboxes", account_id=777)


def _unknown_column(files: dict[str, bytes]) -> None:
    change_line(files, "tags", surprise=1)


def _no_json(files: dict[str, bytes]) -> None:
    files["manifest.json"] = b"[" * 100_000


@pytest.mark.parametrize(
    "damage", [_no_mail, _other_mail, _cut_table, _later_program, _foreign_row, _unknown_column, _no_json]
)
def test_what_is_wrong_with_an_archive_is_refused_and_leaves_nothing(
    damage: Callable[[dict[str, bytes]], None], new_url: str, exported: Path, tmp_path: Path, open_helper: Open
) -> None:
    elsewhere = open_helper(new_url)
    elsewhere.for_owner("eve").tags.create("eve's")
    with zipfile.ZipFile(exported) as opened:
        files = {name: opened.read(name) for name in opened.namelist()}
    damage(files)
    archive = tmp_path / "damaged.zip"
    with zipfile.ZipFile(archive, "w") as changed:
        for name, octets in files.items():
            changed.writestr(name, octets)

    with pytest.raises(InvalidError) as refused:
        elsewhere.import_archive(archive)

    assert refused.value.code in ("archive", "archive_newer")
    with elsewhere._wiring.store.read() as connection:
        assert list(connection.scalars(select(t.owners.c.key))) == ["eve"]


def test_what_is_no_archive_is_refused_and_no_file_is_overwritten(house: MailHelper, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")

    with pytest.raises(InvalidError):
        house.import_archive(taken)
    with pytest.raises(InvalidError):
        house.for_owner("bob").export(taken)
    with pytest.raises(InvalidError):
        house.for_owner("bob").export(tmp_path / "no" / "folder.zip")

    assert taken.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_of_two_exports_to_one_file_the_later_is_refused_and_the_first_is_whole(
    house: MailHelper, tmp_path: Path
) -> None:
    path = tmp_path / "bob.zip"
    refused: list[str] = []

    def export_too(_: Progress) -> None:
        with pytest.raises(InvalidError, match="Another archive is being written"):
            house.for_owner("bob").export(path)
        refused.append("path")

    house.for_owner("bob").export(path, progress=export_too)

    assert refused
    assert zipfile.ZipFile(path).testzip() is None
    assert list(tmp_path.glob("bob*")) == [path]


def test_what_a_killed_export_left_is_written_over(house: MailHelper, tmp_path: Path) -> None:
    path = tmp_path / "bob.zip"
    path.with_name("bob.zip.part").write_bytes(b"x" * 1_000_000)

    house.for_owner("bob").export(path)

    assert zipfile.ZipFile(path).testzip() is None
    assert path.stat().st_size < 1_000_000
    assert path.stat().st_mode & 0o077 == 0


def _seen(ada: OwnerServices) -> dict[str, Any]:
    """Answer what an owner sees, without ids."""
    found = list(ada.search("", limit=100))
    names = {message.id: sha256(ada.messages.raw(message.id)).hexdigest() for message in found}
    return {
        "messages": [
            (names[m.id], m.subject, m.category, m.spam, sorted(tag.name for tag in m.tags), len(m.places))
            for m in found
        ],
        "threads": sorted(sorted(names[m.id] for m in ada.messages.thread(one.id)) for one in found),
        "timelines": [[(entry.kind, entry.what) for entry in ada.messages.timeline(m.id)] for m in found],
        "rules": [(rule.name, rule.when, len(ada.rules.history(rule.name))) for rule in ada.rules.list()],
        "changes": Counter((change.kind, change.state, len(change)) for change in ada.changes(limit=500)),
        "searches": [(view.name, view.query) for view in ada.searches.list()],
        "learned": [(one.task, one.examples) for one in ada.learning.status().tasks],
    }


def change_manifest(files: dict[str, bytes], **changed: Any) -> None:
    files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | changed).encode()


def change_line(files: dict[str, bytes], table: str, **changed: Any) -> None:
    """Change the last row of a table (... takes a column away), and the digest that would tell."""
    name = f"tables/{table}.jsonl"
    lines = files[name].splitlines()
    row = json.loads(lines[-1]) | changed
    lines[-1] = json.dumps({column: value for column, value in row.items() if value is not ...}).encode()
    files[name] = b"\n".join(lines) + b"\n"
    manifest = json.loads(files["manifest.json"])
    for one in manifest["tables"]:
        if one["table"] == table:
            one["sha256"] = sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
