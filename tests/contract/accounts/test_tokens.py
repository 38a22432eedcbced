"""Accounts that log in with access tokens: the provider is asked, a refused token is renewed once, none is told."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from mailhelper_core import (
    ConfigError,
    InvalidError,
    LoginError,
    MailHelper,
    OwnerServices,
    PluginError,
    ServerError,
    TokenProvider,
    TokenRequest,
    hookimpl,
)
from mailhelper_core.model.source.account import advice_for
from mailhelper_core.testing import ImapServer

KEY = b"k" * 32


@dataclass
class Service:
    """Gives tokens and keeps the newest, as a provider's own cache does."""

    kept: str = "token-1"
    asked: list[TokenRequest] = field(default_factory=list)
    raises: Exception | None = None

    def token(self, request: TokenRequest) -> str:
        self.asked.append(request)
        if self.raises:
            raise self.raises
        if request.renew:
            self.kept = f"token-{int(self.kept[-1]) + 1}"
        return self.kept

    @hookimpl
    def register_tokens(self) -> list[TokenProvider]:
        return [TokenProvider("example", self.token), TokenProvider("bearer", self.token, "oauthbearer")]


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def server() -> Iterator[ImapServer]:
    with ImapServer(tokens={"ada": "token-1"}, without=["AUTH=PLAIN"]) as running:
        running.store.user("ada").mailbox("INBOX").append(b"Subject: one\r\n\r\nText.\r\n")
        yield running


@pytest.fixture
def ada(database_url: str, service: Service) -> Iterator[OwnerServices]:
    with MailHelper(database_url, key=KEY, plugins=[service]) as helper:
        yield helper.for_owner("ada")


@pytest.fixture
def add(ada: OwnerServices, server: ImapServer) -> Callable[[str], int]:
    return lambda tokens: ada.accounts.add(server.url, username="ada", password="refresh", tokens=tokens).id


@pytest.mark.parametrize("tokens", ["example", "bearer"])
def test_provider_is_given_the_secret_and_its_token_logs_in(
    ada: OwnerServices, add: Callable[[str], int], service: Service, tokens: str
) -> None:
    report = ada.sync(add(tokens))

    assert (report.new, report.errors) == (1, ())
    assert service.asked == [TokenRequest("ada", "127.0.0.1", "refresh", owner="ada")]


def test_another_secret_is_tried_with_the_provider_of_the_account(
    ada: OwnerServices, add: Callable[[str], int], service: Service
) -> None:
    account = add("example")

    assert ada.accounts.check(account, password="other").ok

    assert service.asked == [TokenRequest("ada", "127.0.0.1", "other", owner="ada")]


def test_refused_token_is_renewed_once(
    ada: OwnerServices, add: Callable[[str], int], service: Service, server: ImapServer
) -> None:
    server.tokens.replace("ada", "token-2")

    assert ada.sync(add("example")).new == 1
    assert [request.renew for request in service.asked] == [False, False, True]


def test_token_that_is_refused_even_when_new_is_a_refused_login(
    ada: OwnerServices, add: Callable[[str], int], service: Service, server: ImapServer
) -> None:
    server.tokens.replace("ada", "")

    with pytest.raises(LoginError):
        ada.sync(add("example"))

    assert sum(request.renew for request in service.asked) == 1
    assert ada.accounts.list()[0].state == "needs_auth"


def test_several_that_are_refused_at_once_renew_once(
    ada: OwnerServices, add: Callable[[str], int], service: Service, server: ImapServer
) -> None:
    account = add("example")
    server.tokens.replace("ada", "token-2")
    threads = [threading.Thread(target=ada.accounts.check, args=(account,)) for _ in range(6)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert service.kept == "token-2"
    assert ada.accounts.check(account).ok


@pytest.mark.parametrize(
    ("raises", "kind", "state"),
    [
        (LoginError("consent was revoked"), LoginError, "needs_auth"),
        (ServerError("token service is away"), ServerError, "unreachable"),
        (KeyError("refresh"), PluginError, "unreachable"),
    ],
)
def test_what_the_provider_raises_ends_the_login(
    ada: OwnerServices, add: Callable[[str], int], service: Service, raises: Exception, kind: type, state: str
) -> None:
    service.raises = raises

    with pytest.raises(kind):
        ada.sync(add("example"))

    assert ada.accounts.list()[0].state == state


def test_provider_that_is_not_there_is_named_when_the_account_is_added(ada: OwnerServices, server: ImapServer) -> None:
    with pytest.raises(InvalidError, match="'other'; known are bearer, example") as caught:
        ada.accounts.add(server.url, username="ada", tokens="other")

    assert caught.value.code == "tokens"
    assert ada.accounts.list() == ()


def test_tokens_and_secrets_are_in_no_repr_and_no_log(
    ada: OwnerServices,
    add: Callable[[str], int],
    service: Service,
    server: ImapServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.tokens.replace("ada", "")
    check = ada.accounts.check(add("example"))

    shown = caplog.text + repr(check) + repr(service.asked) + repr(ada.accounts.list()) + repr(server.log.commands)

    assert "token-" not in shown
    assert "refresh" not in shown


def test_an_account_whose_tokens_fail_is_seen_to_fail_rests_longer_each_time_and_comes_back(
    ada: OwnerServices, add: Callable[[str], int], service: Service
) -> None:
    account_id, service.raises = add("example"), ConnectionError("down")
    rests = []
    for _ in range(3):
        with pytest.raises(PluginError):
            ada.sync(account_id)
        account = ada.accounts.get(account_id)
        assert account.not_before is not None
        rests.append((account.not_before - datetime.now(UTC)).total_seconds())
    account = ada.accounts.get(account_id)
    check = ada.accounts.check(account_id)

    assert (account.state, account.state_code, account.failures) == ("unreachable", "plugin", 3)
    assert rests == sorted(rests)
    assert (check.ok, check.code, check.advice) == (False, "plugin", advice_for("plugin"))
    service.raises = None
    assert ada.sync(account_id).new == 1
    assert ada.accounts.get(account_id).state == "ok"


def test_an_account_whose_plugin_is_gone_is_seen_to_fail(
    database_url: str, ada: OwnerServices, add: Callable[[str], int]
) -> None:
    account_id = add("example")
    with MailHelper(database_url, key=KEY) as without:
        with pytest.raises(ConfigError):
            without.for_owner("ada").sync(account_id)
        account = without.for_owner("ada").accounts.get(account_id)

        assert (account.state, account.state_code) == ("unreachable", "tokens")
        assert without.for_owner("ada").accounts.check(account_id).advice == advice_for("tokens")
