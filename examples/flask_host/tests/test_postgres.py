"""The same host on PostgreSQL, by its address alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.conftest import on_postgresql
from mailhelper_core import ConfigError
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config, create_app
from mailhelper_web.database import open_database
from mailhelper_web.safety.recovery import seal_recovery_codes

pytestmark = pytest.mark.servers


def test_a_day_on_postgresql(config: Config, postgres_url: str, imap_server: ImapServer):
    host = create_app(on_postgresql(config, postgres_url))
    ada = Browser(host.test_client())
    register(ada)
    mine = services(host)
    account = mine.accounts.add(imap_server.url, username="ada", password="secret")
    mine.run(account.id)
    one = mine.search("in:inbox")[0]

    pages = ("/", "/mail/?view=inbox", f"/mail/{one.id}", "/rules/", "/tags/", "/history/", "/privacy/", "/admin/")
    assert {path: ada.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    ada.post("/actions", {"act": "urgency:3", "id": one.id})
    assert mine.messages.get(one.id).urgency == 3
    host.extensions["mailhelper"].close()
    host.extensions["engine"].dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_processes_that_start_at_once_make_the_tables_once(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
):
    url = f"sqlite:///{tmp_path / 'new.db'}" if database == "sqlite" else request.getfixturevalue("postgres_url")
    barrier = threading.Barrier(4)

    def start(_: int) -> None:
        barrier.wait()
        open_database(url).dispose()

    with ThreadPoolExecutor(4) as processes:
        list(processes.map(start, range(4)))


def test_codes_that_were_kept_in_clear_are_sealed_there_too(postgres_url: str):
    engine, key = open_database(postgres_url), Fernet.generate_key()
    with engine.begin() as connection:
        for number, codes in enumerate(("0123-4567-89ab,cdef-0123-4567", "", None)):
            row = {"email": f"u{number}@x.example", "name": str(number), "codes": codes}
            connection.execute(
                text(
                    "INSERT INTO web_users (email, active, fs_uniquifier, mf_recovery_codes)"
                    " VALUES (:email, true, :name, :codes)"
                ),
                row,
            )

    seal_recovery_codes(engine, key)
    seal_recovery_codes(engine, key)

    with engine.connect() as connection:
        sealed, *others = connection.scalars(text("SELECT mf_recovery_codes FROM web_users ORDER BY id"))
    engine.dispose()
    assert [Fernet(key).decrypt(one).decode() for one in sealed.split(",")] == ["0123-4567-89ab", "cdef-0123-4567"]
    assert others == ["", None]


def test_postgresql_without_a_key_is_refused_at_the_start(config: Config):
    with pytest.raises(ConfigError, match="MAILHELPER_KEY_FILE"):
        create_app(replace(config, database_url="postgresql://127.0.0.1/none"))
