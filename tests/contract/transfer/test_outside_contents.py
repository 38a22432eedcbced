"""Archives of an owner whose raw mail lies outside the database, also where that has lost some of it."""

from __future__ import annotations

from pathlib import Path

from mailhelper_core import MailHelper, NotFoundError, OwnerServices, Settings
from tests.contract.transfer.conftest import Open
from tests.contract.transfer.house import CANARY, KEY


def test_mail_that_lies_outside_the_database_comes_goes_and_leaves_no_file(
    new_url: str, exported: Path, tmp_path: Path, open_helper: Open
) -> None:
    folder = tmp_path / "contents"
    folder.mkdir()
    settings = Settings(database_url=new_url, key=KEY, contents=f"file://{folder}")
    with MailHelper(settings) as helper:
        helper.import_archive(exported)
        assert len(_files(folder)) == 13
        ada = helper.for_owner(CANARY)
        assert ada.export(tmp_path / "again.zip").contents == 13
        helper._wiring.store.contents.put(CANARY, b"digest", b"of a process that died before its commit")  # type: ignore[union-attr]

        ada.erase()

    assert _files(folder) == []


def test_a_content_that_the_outside_has_lost_is_left_out_counted_and_lost_elsewhere_too(
    new_url: str, exported: Path, tmp_path: Path, open_helper: Open, other_file: str
) -> None:
    folder = tmp_path / "contents"
    folder.mkdir()
    with MailHelper(Settings(database_url=new_url, key=KEY, contents=f"file://{folder}")) as helper:
        helper.import_archive(exported)
        _files(folder)[0].unlink()

        report = helper.for_owner(CANARY).export(tmp_path / "again.zip")

    assert (report.contents, report.lost) == (12, 1)
    elsewhere = open_helper(other_file)
    came = elsewhere.import_archive(tmp_path / "again.zip")
    ada = elsewhere.for_owner(CANARY)
    assert (came.contents, came.lost) == (12, 1)
    assert _unreadable(ada) == ["content_lost"]
    assert ada.export(tmp_path / "third.zip").lost == 1
    ada.erase()
    assert elsewhere.for_owner(CANARY).count("") == 0


def _unreadable(ada: OwnerServices) -> list[str]:
    codes = []
    for message in ada.search("", limit=100):
        try:
            ada.messages.raw(message.id)
        except NotFoundError as exc:
            codes.append(exc.code)
    return codes


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
