"""For acceptance tests: the command line as a user calls it, a bundled server in place of imap.example.org."""

from __future__ import annotations

import io
import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailhelper_cli.main import main
from mailhelper_core import MailHelper, Rule
from mailhelper_core.server.imap.stream import shared_tls
from mailhelper_core.testing import Environment, ImapServer, LocalCertificate, MailboxGenerator
from tests.acceptance.beside import Start, good
from tests.acceptance.mailboxes import Target
from tests.servers.dovecot import PASSWORD as DOVECOT_PASSWORD

HOST, PORT = "imap.example.org", 993
USER, PASSWORD = "ada", "secret"


@dataclass(frozen=True, slots=True)
class Result:
    """What one call of the command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one object on standard output."""
        return json.loads(self.out)


class Cli:
    """Calls the command line in this process; every call has a fresh environment, as a shell gives it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(arguments)
        said = self._capsys.readouterr()
        return Result(code, said.out, said.err)

    def ok(self, *arguments: str, stdin: str = "") -> Result:
        """Call it and expect success."""
        result = self(*arguments, stdin=stdin)
        assert result.code == 0, result.err
        return result


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, with a home folder of its own."""
    return Cli(capsys, monkeypatch)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder as the current directory, and an environment that says nothing of mailhelper."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in ("DATABASE_URL", "KEY_FILE", "PLUGINS", "OWNER", "PASSWORD"):
        monkeypatch.delenv(f"MAILHELPER_{name}", raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(scope="session")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command line makes at its first use: a database on the newest schema, and its key."""
    folder = tmp_path_factory.mktemp("used")
    with MailHelper(f"sqlite:///{folder / 'mail.db'}") as helper:
        helper.migrate()
    return folder


@pytest.fixture
def used_home(home: Path, used_folder: Path) -> Path:
    """A home folder in which somebody has used the command line: to make its database takes longer than most tests."""
    shutil.copytree(used_folder, home / "data" / "mailhelper")
    return home


@pytest.fixture
def generator() -> MailboxGenerator:
    """Mail that ends now, so that `older_than:` and deadlines mean what they say."""
    return MailboxGenerator(seed=7, until=datetime.now(UTC))


@pytest.fixture
def empty_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ImapServer]:
    """A bundled server without mail that this process reaches as imap.example.org:993, with a certificate it trusts."""
    certificate = LocalCertificate([HOST])
    trusted = home / "trusted.pem"
    trusted.write_text(certificate.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    shared_tls.cache_clear()
    with ImapServer(users={USER: PASSWORD}, tls=certificate.server_context()) as server:
        _lead(monkeypatch, server.port)
        yield server
    shared_tls.cache_clear()


@pytest.fixture
def example_server(empty_server: ImapServer, generator: MailboxGenerator) -> ImapServer:
    """The same server with mail in it."""
    generator.fill(empty_server.store.user(USER), count=60)
    return empty_server


@pytest.fixture(params=["bundled", pytest.param("dovecot", marks=pytest.mark.servers)])
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """An empty mailbox on the bundled server, and on a real Dovecot."""
    if request.param == "bundled":
        with ImapServer(users={USER: PASSWORD}) as server:
            yield Target("bundled", server.port, USER, PASSWORD)
        return
    dovecot = request.getfixturevalue("dovecot")
    user = request.getfixturevalue("dovecot_user")
    yield Target("dovecot", dovecot.port, user, DOVECOT_PASSWORD)


@pytest.fixture
def start(tmp_path: Path, sqlite_database: str) -> Iterator[Start]:
    """Start an engine with a test's plugins, a good one beside them, mail, and a rule that marks all of it."""
    with ExitStack() as stack:

        def begin(*plugins: object) -> Environment:
            env = stack.enter_context(Environment.start(tmp_path, plugins=(*plugins, good()), database=sqlite_database))
            MailboxGenerator(seed=4).fill(env.server.store.user("ada"), count=20)
            env.ada.rules.save(Rule("mark", when="", then=["mark"]))
            return env

        yield begin


def _lead(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    """Make name resolution lead to the bundled server's port; the snippets stay as they are printed."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, service: Any, *arguments: Any, **named: Any) -> Any:
        if (host, service) == (HOST, PORT):
            return resolve("127.0.0.1", port, *arguments, **named)
        return resolve(host, service, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
