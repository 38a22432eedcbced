"""MailHelper as a host makes it: nothing opens early, settings hold, mistakes are told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import ConfigError, InvalidError, MailHelper, Settings


def test_making_a_helper_opens_nothing(tmp_path: Path) -> None:
    MailHelper(f"sqlite:///{tmp_path / 'mail.db'}").for_owner("ada")

    assert list(tmp_path.iterdir()) == []


def test_a_host_can_switch_local_sources_off(tmp_path: Path) -> None:
    settings = Settings(f"sqlite:///{tmp_path / 'mail.db'}", schemes=("imap", "imaps"))

    with MailHelper(settings) as helper, pytest.raises(InvalidError, match="switched off"):
        helper.for_owner("ada").accounts.add("maildir:///etc")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://localhost/mail", "use sqlite or postgresql"),
        ("sqlite://", "give a file"),
        ("sqlite:///:memory:", "give a file"),
        ("nonsense", "cannot be read"),
    ],
)
def test_a_url_that_cannot_work_is_refused_at_once(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        MailHelper(url)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    ada = MailHelper(f"sqlite:///{tmp_path / 'missing' / 'mail.db'}").for_owner("ada")

    with pytest.raises(ConfigError, match="missing"):
        ada.accounts.list()


def test_migrate_names_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    helper = MailHelper(f"sqlite:///{tmp_path / 'missing' / 'mail.db'}")

    with pytest.raises(ConfigError, match="missing"):
        helper.migrate()


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    environ = {
        "MAILHELPER_DATABASE_URL": "sqlite:///there.db",
        "MAILHELPER_KEY_FILE": str(tmp_path / "key"),
        "MAILHELPER_PLUGINS": "shop, other,",
        "MAILHELPER_POOL_SIZE": "12",
    }

    settings = Settings.from_env(environ)

    assert settings.database_url == "sqlite:///there.db"
    assert settings.key_file == tmp_path / "key"
    assert settings.plugins == ("shop", "other")
    assert settings.pool_size == 12
    assert Settings.from_env({"MAILHELPER_POOL_SIZE": ""}) == Settings.from_env({}) == Settings()


@pytest.mark.parametrize("value", ["0", "-3", "many", "1.5", "²"])
def test_a_pool_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="MAILHELPER_POOL_SIZE is a number"):
        Settings.from_env({"MAILHELPER_POOL_SIZE": value})


def test_threads_have_the_connections_they_need() -> None:
    assert Settings().for_threads(2) == Settings()
    assert Settings().for_threads(64).pool_size == 128
    assert Settings(pool_size=200).for_threads(64).pool_size == 200


@pytest.mark.parametrize("value", ["shop", b"shop", 7, [pytest]])
@pytest.mark.parametrize("name", ["plugins", "schemes"])
def test_what_is_no_list_of_names_is_refused_and_never_read_by_letters(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"{name} takes several names, such as \("):
        Settings(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [("shop",), ["shop"], frozenset(("shop",)), (), None])
def test_several_names_are_taken_in_any_collection(value: Any) -> None:
    assert Settings(plugins=value, schemes=value).plugins == value


def test_keys_do_not_show_in_settings() -> None:
    assert "sesame" not in repr(Settings(key="sesame"))


def test_paths_in_settings_may_be_texts(tmp_path: Path) -> None:
    settings = Settings(f"sqlite:///{tmp_path}/mail.db", key_file=str(tmp_path / "mail.key"))

    with MailHelper(settings) as helper:
        helper.for_owner("ada").accounts.add("imaps://imap.example.org", username="ada", password="secret")

    assert (tmp_path / "mail.key").exists()
