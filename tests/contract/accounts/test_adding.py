"""Adding accounts on both databases: a login is there once, whoever adds it how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from mailhelper_core import ConflictError, InvalidError, MailHelper, OwnerServices, ServerError, Settings
from mailhelper_core.testing import ImapServer

KEY = b"k" * 32
URL = "imaps://imap.example.org"


@pytest.fixture
def helper(database_url: str) -> Iterator[MailHelper]:
    """The engine on a fresh database."""
    with MailHelper(database_url, key=KEY) as made:
        yield made


@pytest.fixture
def ada(helper: MailHelper) -> OwnerServices:
    """An owner without accounts."""
    return helper.for_owner("ada")


@pytest.mark.parametrize("url", [URL, "imaps://imap.example.org:993", "IMAPS://IMAP.Example.org/"])
def test_a_login_that_is_there_already_is_not_added_again(ada: OwnerServices, url: str) -> None:
    first = ada.accounts.add(URL, username="ada", password="secret")

    with pytest.raises(ConflictError, match=f"account {first.id} already") as caught:
        ada.accounts.add(url, username="ada", password="other", name="another name")

    assert caught.value.code == "account_exists"
    assert ada.accounts.list() == (first,)


def test_another_login_or_another_owner_is_another_account(helper: MailHelper, ada: OwnerServices) -> None:
    first = ada.accounts.add(URL, username="ada")

    others = [
        ada.accounts.add(URL, username="eve"),
        ada.accounts.add("imaps://imap.example.net", username="ada"),
        helper.for_owner("eve").accounts.add(URL, username="ada"),
    ]

    assert len({first.id, *(other.id for other in others)}) == 4


def test_a_removed_account_can_be_added_again(ada: OwnerServices) -> None:
    first = ada.accounts.add("maildir:///mail")
    ada.accounts.remove(first.id)

    assert ada.accounts.add("maildir:///mail").id != first.id


def test_of_several_that_add_at_once_one_succeeds(ada: OwnerServices) -> None:
    answers: list[str] = []

    def add() -> None:
        try:
            ada.accounts.add(URL, username="ada")
        except ConflictError as exc:
            answers.append(exc.code)
        else:
            answers.append("added")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["account_exists", "account_exists", "account_exists", "added"]


def test_a_scheme_that_nothing_opens_is_a_value_that_cannot_be(ada: OwnerServices) -> None:
    with pytest.raises(InvalidError, match="known are imap, imaps, maildir, mbox") as caught:
        ada.accounts.add("pop3://pop.example.org", username="ada")

    assert caught.value.code == "scheme"


def test_an_account_at_a_private_server_is_left_alone_where_only_public_ones_may_be_named(database_url: str) -> None:
    with (
        ImapServer(users={"ada": "secret"}) as server,
        MailHelper(Settings(database_url=database_url, public_hosts_only=True), key=KEY) as helper,
    ):
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret", options={"addresses": "all"})

        check = ada.accounts.check(account.id)
        with pytest.raises(ServerError) as refused:
            ada.sync(account.id)

    assert (check.ok, check.code) == (False, "private_host")
    assert "public internet" in check.advice
    assert refused.value.code == "private_host"
    assert server.log.names == []
