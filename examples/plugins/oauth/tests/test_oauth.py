"""Accounts log in with tokens that a service on this machine gives; nobody gets another's, and nothing is told."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import mailhelper_oauth as plugin
import pytest
from mailhelper_oauth.wire import read_secret

from mailhelper_core import ConfigError, LoginError, MailHelperError, ServerError, ThrottledError, TokenRequest
from mailhelper_core.testing import Environment, ImapServer, check_plugin, check_token_provider


class Service(ThreadingHTTPServer):
    """A token service: knows one refresh token, and answers what it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refresh_token = "refresh-1"
        self.rotates = False
        self.pause_seconds = 0.0
        self.given = 0
        self.asked: list[dict[str, str]] = []
        self.instead: tuple[int, dict[str, str], bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/token"

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(form)
        if self.instead is not None:
            return self.instead
        if form["refresh_token"] != self.refresh_token:
            return 400, {}, b'{"error": "invalid_grant"}'
        time.sleep(self.pause_seconds)
        self.given += 1
        said: dict[str, Any] = {"access_token": f"token-{self.given}", "token_type": "Bearer", "expires_in": 3600}
        if self.rotates:
            self.refresh_token = said["refresh_token"] = f"refresh-{self.given + 1}"
        return 200, {}, json.dumps(said).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        status, headers, body = self.server.answer({name: values[0] for name, values in form.items()})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Desk = Callable[..., Callable[[TokenRequest], str]]


@pytest.fixture
def desk(service: Service) -> Desk:
    def make(**more: str | list[str]) -> Callable[[TokenRequest], str]:
        table = {"url": service.url, "host": "127.0.0.1", "client_id": "app", **more}
        (provider,) = plugin.read_tables("[example]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in table.items()))
        return provider.token

    return make


def ask(secret: str = "refresh-1", **more: Any) -> TokenRequest:
    return TokenRequest("ada", "127.0.0.1", secret, **{"owner": "ada", **more})


def test_the_plugin_keeps_its_contract(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "oauth.toml").write_text(f'[example]\nurl = "{service.url}"\nhost = "127.0.0.1"\nclient_id = "app"\n')
    monkeypatch.setenv(plugin.VARIABLE, str(tmp_path / "oauth.toml"))

    check_plugin(plugin)
    (provider,) = plugin.register_tokens()
    check_token_provider(provider, ask(), refused=ask("ended"))


def test_an_account_logs_in_and_a_refused_token_is_renewed(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "oauth.toml").write_text(f'[example]\nurl = "{service.url}"\nhost = "127.0.0.1"\nclient_id = "app"\n')
    monkeypatch.setenv(plugin.VARIABLE, str(tmp_path / "oauth.toml"))
    server = ImapServer(tokens={"ada": "token-1"}).start()
    with Environment.start(tmp_path, server=server, plugins=(plugin,)) as env:
        env.ada.accounts.remove(env.account.id)  # the same login by password
        account = env.ada.accounts.add(server.url, username="ada", tokens="example", password="refresh-1").id
        first = env.ada.accounts.check(account)
        server.tokens.replace("ada", "token-2")

        second = env.ada.accounts.check(account)

    assert (first.ok, second.ok, service.given) == (True, True, 2)


def test_a_token_is_kept_until_a_minute_before_it_ends(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, now = desk(), [0.0]
    monkeypatch.setattr(plugin, "monotonic", lambda: now[0])

    said = [token(ask()), token(ask())]
    now[0] = 3_539.0
    said.append(token(ask()))
    now[0] = 3_541.0
    said.append(token(ask()))
    said.append(token(ask(renew=True)))

    assert said == ["token-1", "token-1", "token-1", "token-2", "token-3"]


def test_a_user_name_alone_brings_nothing(desk: Desk) -> None:
    token = desk()
    token(ask())

    with pytest.raises(LoginError, match="consent again") as refused:
        token(ask("guessed", owner="eve"))
    with pytest.raises(LoginError, match="no refresh token"):
        token(ask("", owner="eve"))

    assert refused.value.code == "expired"


@pytest.mark.parametrize("request_", [ask("", owner="eve"), TokenRequest("bob", "127.0.0.1", owner="ada")])
def test_a_refresh_token_of_the_host_is_for_its_owner_alone(desk: Desk, tmp_path: Path, request_: TokenRequest) -> None:
    (tmp_path / "secret").write_text("refresh-1\n")
    token = desk(refresh_token_file=str(tmp_path / "secret"), owner="ada", username="ada")

    with pytest.raises(ConfigError, match="another"):
        token(request_)

    assert token(ask("")) == "token-1"


def test_no_other_mail_server_is_shown_a_token(desk: Desk, service: Service) -> None:
    with pytest.raises(ConfigError, match="are for"):
        desk()(TokenRequest("ada", "imap.evil.example", "refresh-1", owner="ada"))

    assert service.asked == []


def test_secrets_come_from_a_command_that_no_shell_reads(desk: Desk, service: Service) -> None:
    printing = [sys.executable, "-c", "import sys; print(sys.argv[1]); print('more')"]
    token = desk(
        refresh_token_command=[*printing, "refresh-1"], client_secret_command=[*printing, "$HOME `x`"],
        owner="ada", username="ada", scope="mail",
    )  # fmt: skip

    assert token(ask("")) == "token-1"
    assert service.asked == [
        {
            "grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "app",
            "client_secret": "$HOME `x`", "scope": "mail",
        }
    ]  # fmt: skip


def test_a_new_refresh_token_takes_the_place_of_the_old_in_its_file(
    desk: Desk, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text("refresh-1\n")
    service.rotates = True
    token = desk(refresh_token_file=str(path), owner="ada", username="ada")

    said = [token(ask("")), token(ask("", renew=True))]

    assert said == ["token-1", "token-2"]
    assert path.read_text() == "refresh-3\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert {found.name: found.stat().st_size for found in tmp_path.iterdir()} == {"secret": 10, "secret.lock": 0}


def test_processes_take_turns_at_a_refresh_token_in_a_file(desk: Desk, service: Service, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("refresh-1\n")
    service.rotates, service.pause_seconds = True, 0.02
    # A desk each, as in a process each: nothing but the file is shared.
    desks = [desk(refresh_token_file=str(path), owner="ada", username="ada") for _ in range(8)]
    came: list[str] = []
    threads = [Thread(target=lambda token=token: came.append(token(ask("")))) for token in desks]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(came) == [f"token-{number}" for number in range(1, 9)]
    assert path.read_text() == "refresh-9\n"
    assert (tmp_path / "secret.lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "more", [{}, {"refresh_token_command": ["echo", "refresh-1"], "owner": "ada", "username": "ada"}]
)
def test_a_new_refresh_token_is_used_by_this_process_where_it_cannot_be_written(
    desk: Desk, service: Service, more: dict[str, Any]
) -> None:
    service.rotates = True
    token = desk(**more)

    assert [token(ask()), token(ask(renew=True)), token(ask(renew=True))] == ["token-1", "token-2", "token-3"]


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (400, {}, b'{"error": "invalid_grant", "error_description": "refresh-1"}', LoginError),
        (401, {}, b'{"error": "invalid_client", "error_description": "refresh-1"}', ConfigError),
        (429, {"retry-after": "7"}, b"", ThrottledError),
        (503, {}, b"<html>refresh-1", ServerError),
        (200, {}, b"<html>refresh-1", ServerError),
        (200, {}, b'{"access_token": 7}', ServerError),
    ],
)
def test_what_the_service_says_instead_of_a_token_is_an_error_that_quotes_nothing(
    desk: Desk, service: Service, status: int, headers: dict[str, str], body: bytes, kind: type[MailHelperError]
) -> None:
    service.instead = (status, headers, body)

    with pytest.raises(MailHelperError) as refused:
        desk()(ask())

    assert type(refused.value) is kind
    assert "refresh-1" not in str(refused.value)
    assert refused.value.retry_after == (7 if kind is ThrottledError else None)


def test_a_service_that_is_away_is_a_server_error(desk: Desk) -> None:
    with pytest.raises(ServerError):
        desk(url="http://127.0.0.1:1/token")(ask())


def test_nothing_shows_a_secret(desk: Desk, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = desk()
    token(ask())
    failing = desk(refresh_token_command=[sys.executable, "-c", "print('refresh-1'); 1/0"], owner="ada", username="ada")

    with pytest.raises(ConfigError) as refused:
        failing(ask(""))

    shown = caplog.text + repr(token.__self__) + repr(token.__self__._kept) + str(refused.value)  # type: ignore[attr-defined]
    assert service.asked
    assert "refresh-1" not in shown
    assert "token-1" not in shown
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[a]\nurl = 'https://x.example'", "needs url, host and client_id"),
        ("[a]\nurl = 'http://x.example'\nhost = 'x'\nclient_id = 'x'", "https://"),
        ("[a]\nurl = 'https://x.example'\nhost = 'x'\nclient_id = 7", "client_id is a text"),
        ("[a]\nurl = 'https://x.example'\nhost = 'x'\nclient_id = 'x'\nrefresh_token_file = 'x'", "owner and username"),
        ("[a]\nurl = 'https://x.example'\nhost = 'x'\nclient_id = 'x'\nmechanism = 'plain'", "xoauth2 or oauthbearer"),
        ("[a]\nurl = 'https://x.example'\nhost = 'x'\nclient_id = 'x'\nclient_secret_command = 'x'", "list of texts"),
    ],
)
def test_a_table_that_cannot_work_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        plugin.read_tables(text)


def test_a_secret_that_is_empty_is_named_by_where_it_should_be(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")

    with pytest.raises(ConfigError, match="secret holds none"):
        read_secret(str(tmp_path / "secret"), ())
