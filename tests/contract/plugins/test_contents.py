"""Raw messages outside the database: written before, read back, forgotten after; what the store loses is said."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import BlobStoreType, ConfigError, NotFoundError, PluginError
from mailhelper_core.store.contents.directory import DirectoryStore
from tests.contract.plugins.conftest import MAIL, Start, fill, plugin


@dataclass
class Shelf:
    """A blob store in memory that fails as often as it is told."""

    kept: dict[str, bytes] = field(default_factory=dict)
    failures: int = 0
    lost: bool = False

    def put(self, key: str, data: bytes) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk said: secret")
        self.kept[key] = data

    def get(self, key: str) -> bytes:
        return self.kept["" if self.lost else key]

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)

    def plugin(self) -> Any:
        return plugin("shelf", register_blob_stores=lambda: [BlobStoreType("shelf", ("shelf",), lambda url: self)])


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_raw_messages_lie_in_the_folder_and_are_read_back(start: Start, tmp_path: Path) -> None:
    env = start(contents=f"file://{tmp_path / 'contents'}")
    fill(env, 3)

    env.ada.run(env.account.id)

    raws = {env.ada.messages.raw(message.id) for message in env.ada.search("")}
    assert raws == {MAIL.replace(b"%d", b"%d" % number) for number in range(3)}
    assert len(files(tmp_path / "contents")) == 3
    assert env.ada.search("header:subject:lunch").items


def test_a_content_and_the_folders_that_name_it_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[Path] = set()
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.add(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    folder = tmp_path / "contents"
    DirectoryStore(folder).put("1/abcdef", b"octets")

    assert {one for one in synced if one.is_dir()} == {tmp_path, folder, folder / "1", folder / "1" / "ab"}
    assert len(synced) == 5


def test_what_is_removed_is_forgotten_outside_too(start: Start, tmp_path: Path) -> None:
    env = start(contents=f"file://{tmp_path / 'contents'}")
    fill(env, 2)
    env.ada.sync(env.account.id)

    env.ada.accounts.remove(env.account.id)

    assert files(tmp_path / "contents") == []


def test_the_same_content_twice_lies_there_once(start: Start) -> None:
    shelf = Shelf()
    env = start(shelf.plugin(), contents="shelf:")
    fill(env, 1)
    env.ada.sync(env.account.id)
    env.server.store.user("ada").mailbox("INBOX").append(MAIL.replace(b"%d", b"0"))

    env.ada.sync(env.account.id)

    assert len(shelf.kept) == 1
    assert env.ada.messages.raw(env.ada.search("")[0].id).startswith(b"From: bob")


def test_a_store_that_fails_loses_nothing(start: Start) -> None:
    shelf = Shelf(failures=1)
    env = start(shelf.plugin(), contents="shelf:")
    fill(env, 3)

    with pytest.raises(PluginError) as failed:
        env.ada.sync(env.account.id)
    report = env.ada.sync(env.account.id)

    assert failed.value.transient
    assert "secret" not in str(failed.value)
    assert report.new == 3
    assert len(shelf.kept) == 3


def test_a_content_that_the_store_has_lost_is_not_found(start: Start) -> None:
    shelf = Shelf()
    env = start(shelf.plugin(), contents="shelf:")
    fill(env, 1)
    env.ada.sync(env.account.id)
    shelf.kept.clear()

    with pytest.raises(NotFoundError) as lost:
        env.ada.messages.raw(env.ada.search("")[0].id)

    assert lost.value.code == "content_lost"


def test_contents_that_are_lost_are_no_failures_of_their_store(start: Start) -> None:
    shelf = Shelf()
    env = start(shelf.plugin(), contents="shelf:")
    fill(env, 1)
    env.ada.sync(env.account.id)
    newest = env.ada.search("")[0].id
    shelf.lost = True
    for _ in range(4):
        with pytest.raises(NotFoundError):
            env.ada.messages.raw(newest)
    shelf.lost = False

    assert env.ada.messages.raw(newest).startswith(b"From: bob")
    assert [one.paused for one in env.helper.plugins if one.name == "shelf"] == [()]


def test_a_scheme_that_nobody_knows_is_refused_at_once(start: Start) -> None:
    with pytest.raises(ConfigError, match="known are file"):
        start(contents="nowhere://x")
