"""Sealed secrets open with their key and their row only; key files are private and never overwritten."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from mailhelper_core.errors import ConfigError
from mailhelper_core.store.sealed import Sealer, create_key_file, new_key, parse_key, read_keys, write_keys

SECRET = "correct horse battery staple"


def test_what_was_sealed_opens_again() -> None:
    sealer = Sealer((new_key(),))

    assert sealer.open(sealer.seal(SECRET, "row-1"), "row-1") == SECRET


def test_a_secret_moved_to_another_row_does_not_open() -> None:
    sealer = Sealer((new_key(),))

    with pytest.raises(ConfigError, match="altered"):
        sealer.open(sealer.seal(SECRET, "row-1"), "row-2")


def test_every_key_of_the_ring_opens_and_the_first_one_seals() -> None:
    old, new = new_key(), new_key()
    sealed = Sealer((old,)).seal(SECRET, "row")

    assert Sealer((new, old)).open(sealed, "row") == SECRET
    with pytest.raises(ConfigError, match="No key"):
        Sealer((old,)).open(Sealer((new, old)).seal(SECRET, "row"), "row")


def test_neither_keys_nor_secrets_show() -> None:
    key = new_key()
    sealer = Sealer((key,))

    assert repr(key) not in repr(sealer)
    assert SECRET.encode() not in sealer.seal(SECRET, "row")


def test_a_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "mail.db.key"

    first = create_key_file(path)
    second = create_key_file(path)

    assert first == second == read_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["mail.db.key"]


def test_replacing_keys_keeps_the_order(tmp_path: Path) -> None:
    path, keys = tmp_path / "key", (new_key(), new_key())

    write_keys(path, keys)

    assert read_keys(path) == keys


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_wrong_key_says_so(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_key(text)
