"""Keys: rotated without losing a secret, even when killed half-way."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core.errors import ConfigError
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.store import keyring
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.sealed import read_keys
from mailhelper_core.store.unit_of_work import Store


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    ring = Keyring(None, tmp_path / "mail.key")
    ring.create()
    return ring


def keep_secret(store: Store, ring: Keyring, secret: str) -> int:
    with store.for_owner("ada").begin() as uow:
        added = accounts.add(
            uow, "imap://localhost", name="a", username="ada", options={}, policy=AccountPolicy(), addresses=frozenset()
        )
        accounts.set_secret(uow, added, secret, ring.sealer())
        return added


def secret_of(store: Store, ring: Keyring, account_id: int) -> str:
    with store.for_owner("ada").read() as uow:
        return accounts.secret(uow, account_id, ring.sealer)


def test_after_rotation_the_new_key_alone_opens_everything(store: Store, ring: Keyring, tmp_path: Path) -> None:
    added = keep_secret(store, ring, "pässword")
    before = read_keys(tmp_path / "mail.key")

    assert ring.rotate(store) == 1

    after = read_keys(tmp_path / "mail.key")
    assert len(after) == 1
    assert after != before
    assert secret_of(store, ring, added) == "pässword"
    assert secret_of(store, Keyring(None, tmp_path / "mail.key"), added) == "pässword"


def test_killed_between_the_steps_every_secret_still_opens(
    store: Store, ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = keep_secret(store, ring, "secret")
    monkeypatch.setattr(keyring.accounts, "reseal", lambda connection, sealer: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        ring.rotate(store)

    assert secret_of(store, Keyring(None, tmp_path / "mail.key"), added) == "secret"
    monkeypatch.undo()
    assert Keyring(None, tmp_path / "mail.key").rotate(store) == 1


def test_a_key_given_as_text_cannot_be_rotated(store: Store) -> None:
    with pytest.raises(ConfigError, match="key_file"):
        Keyring(b"x" * 32).rotate(store)


def test_without_a_key_a_stored_secret_says_what_to_set(store: Store, ring: Keyring) -> None:
    added = keep_secret(store, ring, "secret")

    with pytest.raises(ConfigError, match="MAILHELPER_KEY_FILE"):
        secret_of(store, Keyring(), added)


def test_an_account_without_a_password_needs_no_key(store: Store) -> None:
    with store.for_owner("ada").begin() as uow:
        added = accounts.add(
            uow, "mbox:///x", name="a", username="", options={}, policy=AccountPolicy(), addresses=frozenset()
        )

    assert secret_of(store, Keyring(), added) == ""
