"""A new password of an account on both databases: it can be tried before it takes the stored one's place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core import LoginError, NotFoundError, OwnerServices
from mailhelper_core.testing import ImapServer


def test_a_password_that_is_tried_is_not_stored(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username="ada", password="secret")

    wrong = ada.accounts.check(account.id, password="other")

    assert (wrong.ok, wrong.state) == (False, "needs_auth")
    assert wrong == replace(
        ada.accounts.try_out(server.url, username="nobody", password="other"), latency_ms=wrong.latency_ms
    )
    assert ada.accounts.get(account.id) == account
    assert ada.accounts.check(account.id).ok


def test_a_password_that_works_lifts_nothing_before_it_is_stored(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username="ada", password="other")
    with pytest.raises(LoginError):
        ada.sync(account.id)

    assert ada.accounts.check(account.id, password="secret").ok

    assert ada.accounts.get(account.id).state == "needs_auth"
    assert not ada.accounts.check(account.id).ok
    assert ada.accounts.update(account.id, password="secret").state == "ok"
    assert ada.accounts.check(account.id).ok


def test_a_password_cannot_be_tried_while_the_server_is_away(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username="ada", password="secret")
    server.stop()

    away = ada.accounts.check(account.id, password="other")

    assert (away.ok, away.state) == (False, "unreachable")
    assert ada.accounts.get(account.id) == account


def test_an_empty_password_is_one_to_try(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username="ada", password="secret")

    assert not ada.accounts.check(account.id, password="").ok


def test_only_the_owner_tries_a_password(ada: OwnerServices) -> None:
    with pytest.raises(NotFoundError):
        ada.accounts.check(7, password="secret")


def test_a_new_password_leaves_a_paused_account_paused(ada: OwnerServices) -> None:
    account = ada.accounts.add("imaps://imap.example.org", username="ada", password="secret")
    ada.accounts.update(account.id, paused=True)

    assert ada.accounts.update(account.id, password="other").state == "paused"
    assert ada.accounts.update(account.id, password="third", paused=True).state == "paused"
    assert ada.accounts.update(account.id, password="third", paused=False).state == "ok"


def test_an_account_that_was_refused_does_not_come_back_by_not_resting(ada: OwnerServices, server: ImapServer) -> None:
    account = ada.accounts.add(server.url, username="ada", password="other")
    with pytest.raises(LoginError):
        ada.sync(account.id)

    assert ada.accounts.update(account.id, name="work", paused=False).state == "needs_auth"
    assert ada.accounts.update(account.id, paused=True).state == "paused"
