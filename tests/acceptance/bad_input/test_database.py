"""Databases that are too old, too new, read-only or full: one error each, and nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import Pool

from mailhelper_core import ConfigError, MailHelper, SchemaError
from mailhelper_core.__main__ import main
from mailhelper_core.testing import ImapServer, MailboxGenerator
from tests.acceptance.conftest import PASSWORD, USER, Cli

URL = "sqlite:///mail.db"
# As SQLite opens a file that this user may not write; permissions alone do not stop root, who often runs tests.
READ_ONLY_URL = "sqlite:///file:mail.db?mode=ro&uri=true"
FILE = Path("mail.db")
VERSIONS = "mailhelper_alembic_version"
COUNT = 200
# Room for some of the mails: their raw octets alone need more.
ROOM_PAGES = 60

# The kernel itself refuses to let any file of this process grow beyond what the database has and a little more.
LIMITED = f"""
import os, resource, sys
size = os.path.getsize("mail.db") + 300_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from mailhelper_cli.main import main
sys.exit(main(["--database", {URL!r}, "run"]))
"""

# what is wrong -> SQL that makes it so, the error, its code, words of the message
SCHEMAS = {
    "needs newer code": (
        "UPDATE mailhelper_meta SET value = '999' WHERE name = 'min_code_revision'",
        "code_too_old",
        "needs a newer mailhelper",
    ),
    "older schema": (f"UPDATE {VERSIONS} SET version_num = 'r0000'", "schema", "this code needs"),
}


@pytest.fixture
def database(home: Path) -> Path:
    """A database that was used."""
    with MailHelper(URL) as helper:
        helper.for_owner("me").accounts.add("maildir:///nowhere")
    return FILE


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_that_does_not_fit_is_refused_before_anything_is_read(kind: str, database: Path) -> None:
    sql, code, words = SCHEMAS[kind]
    _change(database, sql)

    with MailHelper(URL) as helper, pytest.raises(SchemaError, match=words) as caught:
        helper.for_owner("me").accounts.list()

    assert caught.value.code == code


@pytest.mark.parametrize("kind", SCHEMAS)
def test_check_and_doctor_answer_instead_of_raising(kind: str, database: Path, cli: Cli) -> None:
    sql, code, _ = SCHEMAS[kind]
    _change(database, sql)

    result = cli("--database", URL, "doctor", "--json")

    found = {item["name"]: item for item in result.json["items"]}
    assert result.code == 1
    assert not result.json["ok"]
    assert found["database"]["found"] == code
    assert found["database"]["advice"]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_command_says_in_one_line_that_the_schema_does_not_fit(kind: str, database: Path, cli: Cli) -> None:
    sql, _, words = SCHEMAS[kind]
    _change(database, sql)

    result = cli("--database", URL, "account", "list")

    assert (result.code, result.out) == (7, "")
    assert result.err.count("\n") == 1
    assert words in result.err


def test_each_door_says_what_to_type_about_an_old_schema(
    database: Path, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    _change(database, SCHEMAS["older schema"][0])

    with MailHelper(URL) as helper, pytest.raises(SchemaError) as caught:
        helper.for_owner("me").accounts.list()
    assert main(["--database", URL, "rotate-keys"]) == 1
    in_a_shell = capsys.readouterr().err
    in_the_host = cli("--database", URL, "account", "list").err
    advice = next(item["advice"] for item in cli("--database", URL, "doctor", "--json").json["items"])

    assert str(caught.value).endswith(
        "Run `helper.migrate()`, or in a shell `python -m mailhelper_core migrate --database URL`."
    )
    assert "python -m mailhelper_core migrate" in in_a_shell
    assert "helper.migrate()" not in in_a_shell
    for said in (in_the_host, advice):
        assert "run `mailhelper db upgrade`" in said
        assert "helper.migrate()" not in said
        assert "python -m" not in said


def test_a_database_that_is_not_ours_is_refused_with_the_command_that_helps(cli: Cli) -> None:
    with closing(sqlite3.connect(FILE)) as connection:
        connection.execute("CREATE TABLE something (id INTEGER)")

    result = cli("--database", URL, "list")

    assert result.code == 7
    assert "mailhelper db upgrade" in result.err
    cli.ok("--database", URL, "db", "upgrade")
    cli.ok("--database", URL, "account", "list")


@pytest.mark.parametrize("content", [b"this is no database, but a text of some length" * 100])
def test_a_file_that_is_no_database_is_left_alone(content: bytes, cli: Cli) -> None:
    FILE.write_bytes(content)

    result = cli("--database", URL, "account", "list")

    assert result.code == 7
    assert result.err.count("\n") == 1
    assert FILE.read_bytes() == content


def test_a_read_only_database_can_be_read_and_refuses_to_be_changed(database: Path, cli: Cli) -> None:
    with MailHelper(READ_ONLY_URL) as helper:
        ada = helper.for_owner("me")
        with pytest.raises(ConfigError) as caught:
            ada.tags.create("later")
        assert len(ada.accounts.list()) == 1

    result = cli("--database", READ_ONLY_URL, "tag", "create", "later")

    assert caught.value.code == "read_only"
    assert (result.code, result.out) == (7, "")
    assert result.err == "mailhelper: the database is read-only; check the file's permissions\n"
    assert cli.ok("--database", URL, "tag", "list", "--json").json == {"tags": []}


def test_a_copy_of_a_database_that_does_not_exist_is_refused_and_makes_none(home: Path, cli: Cli) -> None:
    result = cli("db", "copy", "sqlite:///mistyped.db", "sqlite:///new.db")

    assert (result.code, result.out, result.err.count("\n")) == (7, "", 1)
    assert list(home.iterdir()) == []


def test_a_copy_asks_for_nothing_but_its_database(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at everything opens each secret, and reads the rules of all owners."""
    cli.ok("--database", "sqlite:///mail.db", "db", "upgrade")
    monkeypatch.setattr(MailHelper, "check", lambda self: pytest.fail("everything was looked at"))

    assert "all equal" in cli.ok("db", "copy", "sqlite:///mail.db", "sqlite:///new.db").out


def test_a_home_where_nothing_can_be_written_is_one_line(home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").touch()
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "file"))

    result = cli("list")

    assert (result.code, result.err.count("\n")) == (7, 1)
    assert "--database" in result.err


def test_a_folder_that_does_not_exist_is_said(cli: Cli) -> None:
    result = cli("--database", "sqlite:///no/such/folder/mail.db", "account", "list")

    assert result.code == 7
    assert "the folder no/such/folder does not exist" in result.err


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A server with more mail than the small disk can hold."""
    with ImapServer(users={USER: PASSWORD}) as running:
        MailboxGenerator(seed=7).fill(running.store.user(USER), count=COUNT)
        yield running


def test_a_full_disk_stops_a_run_and_loses_nothing(server: ImapServer, home: Path) -> None:
    with MailHelper(URL) as helper:
        account = helper.for_owner("me").accounts.add(server.url, username=USER, password=PASSWORD)
    with closing(sqlite3.connect(FILE)) as connection:
        room = connection.execute("PRAGMA page_count").fetchone()[0] + ROOM_PAGES
    engine = create_engine(URL)
    event.listen(engine, "connect", lambda raw, _: _host_pragmas(raw, room))

    with MailHelper(engine=engine, key_file="mail.db.key") as helper, pytest.raises(ConfigError) as caught:
        helper.for_owner("me").run(account.id)
    engine.dispose()

    assert (caught.value.code, caught.value.transient) == ("disk_full", True)
    _check_integrity()
    with MailHelper(URL) as helper:
        ada = helper.for_owner("me")
        kept = ada.count("", at_most=COUNT)
        assert 0 < kept < COUNT
        ada.run(account.id)
        assert ada.count("", at_most=COUNT) == COUNT
    _check_integrity()


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(server: ImapServer, cli: Cli) -> None:
    cli.ok("--database", URL, "account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)
    with _small_disk():
        result = cli("--database", URL, "run")

    assert result.code == 7
    assert "the disk is full" in result.err.splitlines()[-1]
    _check_integrity()
    cli.ok("--database", URL, "run")
    assert len(cli.ok("--database", URL, "search", "*", "--limit", "1000", "--json").json["messages"]) == COUNT


def test_a_file_that_may_not_grow_stops_a_run_and_loses_nothing(server: ImapServer, cli: Cli) -> None:
    cli.ok("--database", URL, "account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)

    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, cwd=Path.cwd(), check=False)

    assert (done.returncode, done.stdout) == (7, "")
    assert "the disk refused to read or write the database" in done.stderr.splitlines()[-1]
    _check_integrity()
    cli.ok("--database", URL, "run")
    assert len(cli.ok("--database", URL, "search", "*", "--limit", "1000", "--json").json["messages"]) == COUNT
    _check_integrity()


def _change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute(sql).rowcount == 1


def _check_integrity() -> None:
    """The file is sound, and every message has a place and its raw bytes."""
    with closing(sqlite3.connect(FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        lost = """
            SELECT count(*) FROM mailhelper_messages m
            WHERE NOT EXISTS (SELECT 1 FROM mailhelper_placements p WHERE p.message_id = m.id)
               OR NOT EXISTS (SELECT 1 FROM mailhelper_blobs b WHERE b.digest = m.digest AND b.owner_id = m.owner_id)
        """
        assert connection.execute(lost).fetchone() == (0,)


def _host_pragmas(raw: sqlite3.Connection, pages: int) -> None:
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"max_page_count={pages}"):
        raw.execute(f"PRAGMA {pragma}")


@contextmanager
def _small_disk() -> Iterator[None]:
    """Every SQLite file opened meanwhile can grow a little and no further."""

    def limit(raw: sqlite3.Connection, _record: object) -> None:
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count={pages + ROOM_PAGES}")

    event.listen(Pool, "connect", limit)
    try:
        yield
    finally:
        event.remove(Pool, "connect", limit)
