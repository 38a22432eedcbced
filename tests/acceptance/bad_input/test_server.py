"""Servers that refuse, hide or do not answer: one error each, through the library and the command line."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import Account, AccountPolicy, LoginError, MailHelper, OwnerServices, ServerError
from mailhelper_core.testing import ImapServer, LocalCertificate
from tests.acceptance.conftest import PASSWORD, USER, Cli
from tests.servers.process import free_port

pytestmark = pytest.mark.usefixtures("used_home")

UNKNOWN = "imap.no-such-host.invalid"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An account that cannot work, and what has to be said about it."""

    url: str
    password: str
    error: type[ServerError]
    code: str
    state: str
    exit_code: int
    words: str


@pytest.fixture(params=["wrong password", "unknown host", "refused TLS", "connection refused", "no TLS there"])
def trouble(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trouble]:
    """One kind of server that cannot be used."""
    _make_unknown(monkeypatch)
    with (
        ImapServer(users={USER: PASSWORD}) as plain,
        ImapServer(users={USER: PASSWORD}, tls=LocalCertificate().server_context()) as distrusted,
    ):
        port = free_port()
        yield {
            "wrong password": Trouble(plain.url, "wrong", LoginError, "", "needs_auth", 4, "refused these credentials"),
            "unknown host": Trouble(
                f"imaps://{UNKNOWN}", PASSWORD, ServerError, "unknown_host", "unreachable", 5, "name is not known"
            ),
            "refused TLS": Trouble(
                f"imaps://localhost:{distrusted.port}", PASSWORD, ServerError, "tls", "unreachable", 5, "does not trust"
            ),
            "connection refused": Trouble(
                f"imap://localhost:{port}", PASSWORD, ServerError, "refused", "unreachable", 5, "nothing listens"
            ),
            "no TLS there": Trouble(
                f"imaps://localhost:{plain.port}", PASSWORD, ServerError, "tls", "unreachable", 5, "does not speak TLS"
            ),
        }[request.param]


@pytest.mark.parametrize("call", ["sync", "run"])
def test_a_call_raises_one_error_and_the_account_says_why(trouble: Trouble, call: str, home: Path) -> None:
    with _owner() as ada:
        account = _added(ada, trouble)

        with pytest.raises(trouble.error, match=trouble.words) as caught:
            getattr(ada, call)(account.id)

        after = ada.accounts.get(account.id)
        assert caught.value.code == trouble.code or not trouble.code
        assert (after.state, after.state_code) == (trouble.state, caught.value.code)
        assert after.last_success_at is None
        assert ada.count("") == 0


def test_a_check_answers_what_happened_and_what_to_do(trouble: Trouble, home: Path) -> None:
    with _owner() as ada:
        check = ada.accounts.check(_added(ada, trouble).id)

    assert not check.ok
    assert check.state == trouble.state
    assert trouble.words in check.message
    assert check.advice


def test_account_add_adds_nothing_and_says_why_in_one_line(trouble: Trouble, cli: Cli) -> None:
    result = cli("account", "add", trouble.url, "--username", USER, "--password-stdin", stdin=trouble.password)

    assert result.code == trouble.exit_code
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert result.err.startswith("mailhelper: nothing was added: ")
    assert trouble.words in result.err
    assert trouble.password not in result.err
    assert cli.ok("account", "list", "--json").json == {"accounts": []}
    with ImapServer(users={USER: PASSWORD}) as server:
        added = cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", "--json", stdin=PASSWORD)
    assert added.json["account"]["id"] == 1  # what failed used up no number


@pytest.mark.parametrize("command", ["sync", "run"])
def test_a_command_says_why_in_one_line(trouble: Trouble, command: str, cli: Cli) -> None:
    _add_unchecked(cli, trouble)

    result = cli(command)

    assert result.code == trouble.exit_code
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert trouble.words in result.err


def test_json_says_it_of_the_account_and_on_standard_error(trouble: Trouble, cli: Cli) -> None:
    _add_unchecked(cli, trouble)

    result = cli("run", "--json")

    (account,) = result.json["accounts"]
    assert result.code == trouble.exit_code
    assert account["report"] is None
    assert account["error"] == json.loads(result.err)
    assert account["error"]["exit_code"] == trouble.exit_code


def test_one_account_that_fails_costs_the_others_nothing(cli: Cli, home: Path) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        server.store.user(USER).mailbox("INBOX").append(b"Subject: hello\r\n\r\ntext\r\n")
        refused = Trouble(f"imap://localhost:{free_port()}", PASSWORD, ServerError, "refused", "", 5, "")
        _add_unchecked(cli, refused)
        cli.ok("account", "add", server.url, "--username", USER, "--password-stdin", stdin=PASSWORD)

        result = cli("run", "--json")

    first, second = result.json["accounts"]
    assert result.code == 5
    assert first["error"]["error"] == "refused"
    assert second["report"]["sync"]["new"] == 1


def test_a_mailbox_that_the_policy_names_and_the_server_lacks_is_reported(home: Path, cli: Cli) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        server.store.user(USER).mailbox("INBOX").append(b"Subject: hello\r\n\r\ntext\r\n")
        with MailHelper("sqlite:///mail.db") as helper:
            me = helper.for_owner("me")
            policy = AccountPolicy(include=("INBOX", "Bilsl"))
            account = me.accounts.add(server.url, username=USER, password=PASSWORD, policy=policy)

            report = me.sync(account.id)

        assert report.new == 1
        assert [(note.where, note.code) for note in report.errors] == [("include:2", "no_mailbox")]
        assert "does not have" in cli.ok("--database", "sqlite:///mail.db", "sync").out


def test_an_account_works_again_with_the_right_password(cli: Cli) -> None:
    with ImapServer(users={USER: PASSWORD}) as server:
        _add_unchecked(cli, Trouble(server.url, "wrong", LoginError, "", "", 4, ""))
        assert cli("run").code == 4

        cli.ok("account", "password", "--password-stdin", stdin=PASSWORD)

        cli.ok("run")


@contextmanager
def _owner() -> Iterator[OwnerServices]:
    with MailHelper("sqlite:///mail.db") as helper:
        yield helper.for_owner("ada")


def _added(ada: OwnerServices, trouble: Trouble) -> Account:
    return ada.accounts.add(trouble.url, username=USER, password=trouble.password)


def _add_unchecked(cli: Cli, trouble: Trouble) -> None:
    add = ("account", "add", trouble.url, "--username", USER, "--password-stdin", "--no-check")
    cli.ok(*add, stdin=trouble.password)


def _make_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host be unknown at once: a resolver without a network would be asked for long."""
    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if host == UNKNOWN:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
