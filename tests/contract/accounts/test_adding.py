"""Adding accounts on both databases: a login is there once, whoever adds it how often."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailhelper_core import (
    ConfigError,
    ConflictError,
    InvalidError,
    MailHelper,
    OwnerServices,
    Rule,
    ServerError,
    Settings,
)
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Answer, Fault, ImapServer

KEY = b"k" * 32
URL = "imaps://imap.example.org"


@pytest.mark.parametrize("url", [URL, "imaps://imap.example.org:993", "IMAPS://IMAP.Example.org/"])
def test_a_login_that_is_there_already_is_not_added_again(ada: OwnerServices, url: str) -> None:
    first = ada.accounts.add(URL, username="ada", password="secret")

    with pytest.raises(ConflictError, match=f"account {first.id} already") as caught:
        ada.accounts.add(url, username="ada", password="other", name="another name")

    assert caught.value.code == "account_exists"
    assert ada.accounts.list() == (first,)


@pytest.mark.parametrize("options", [{"timeout": "9"}, {"security": "starttls"}, {"security": "none"}])
@pytest.mark.parametrize("url", [URL, "imap://imap.example.org", "imap://imap.example.org:143?compress=never"])
def test_another_way_to_connect_is_the_same_login(ada: OwnerServices, url: str, options: dict[str, str]) -> None:
    ada.accounts.add(URL, username="ada")

    with pytest.raises(ConflictError):
        ada.accounts.add(url, username="ada", options=options)


def test_another_port_is_another_server_and_options_of_other_sources_count(ada: OwnerServices) -> None:
    urls = [URL, "imaps://imap.example.org:1993", "maildir:///mail", "maildir:///mail?only=new"]

    added = [ada.accounts.add(url, username="ada" if "imap" in url else "") for url in urls]

    assert len({one.id for one in added}) == len(urls)


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


def _rows(helper: MailHelper) -> dict[str, int]:
    """How many rows each table has; what an owner's first use makes is no trace of an account."""
    connection = helper._wiring.store.engine.connect()
    with connection:
        tables = [table for table in t.metadata.sorted_tables if table.name not in (t.owners.name, t.meta.name)]
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_trying_out_says_what_a_check_would_and_stores_nothing(helper: MailHelper, ada: OwnerServices) -> None:
    with ImapServer(users={"ada": "secret"}) as server:
        right = ada.accounts.try_out(server.url, username="ada", password="secret")
        wrong = ada.accounts.try_out(server.url, username="ada", password="other")
        nothing = _rows(helper)
        account = ada.accounts.add(server.url, username="ada", password="secret")
        checked = ada.accounts.check(account.id)
    away = ada.accounts.try_out("imap://localhost:1", username="ada", password="secret")

    assert (right.ok, right.roles, right.capabilities) == (True, checked.roles, checked.capabilities)
    assert (wrong.ok, wrong.state, away.ok, away.state) == (False, "needs_auth", False, "unreachable")
    assert wrong.advice
    assert away.advice
    assert set(nothing.values()) == {0}
    assert account.id == 1


@pytest.mark.parametrize(
    ("url", "options", "code"),
    [
        ("imaps://x.example", {"username": ""}, "username"),
        ("gopher://x.example", {"username": "ada"}, "scheme"),
        ("imaps://x.example", {"username": "ada", "tokens": "nobody"}, "tokens"),
    ],
)
def test_trying_out_refuses_what_adding_refuses(
    ada: OwnerServices, url: str, options: dict[str, str], code: str
) -> None:
    for call in (ada.accounts.try_out, ada.accounts.add):
        with pytest.raises(InvalidError) as caught:
            call(url, **options)
        assert caught.value.code == code


def test_trying_out_a_login_that_is_there_is_refused_as_adding_it(ada: OwnerServices) -> None:
    first = ada.accounts.add(URL, username="ada")

    with pytest.raises(ConflictError, match=f"account {first.id} already"):
        ada.accounts.try_out(URL, username="ada", password="x")


def test_what_cannot_be_added_draws_no_number(database_url: str, tmp_path: Path) -> None:
    with MailHelper(database_url, key_file=tmp_path / "lost.key") as keyless:
        for _ in range(3):
            with pytest.raises(ConfigError):
                keyless.for_owner("ada").accounts.add(URL, username="ada", password="secret")
    with MailHelper(database_url, key=KEY) as helper:
        ada = helper.for_owner("ada")
        for _ in range(3):
            with pytest.raises(InvalidError):
                ada.accounts.add("gopher://x.example", username="ada")
        assert set(_rows(helper).values()) == {0}

        assert ada.accounts.add(URL, username="ada", password="secret").id == 1


def test_own_addresses_are_said_when_adding_or_later(ada: OwnerServices) -> None:
    account = ada.accounts.add(URL, username="ada")
    assert account.addresses == frozenset()

    changed = ada.accounts.update(account.id, addresses=frozenset({"Ada@Example.org", "ada@home.example"}))

    assert changed.addresses == {"ada@example.org", "ada@home.example"}
    assert ada.accounts.update(account.id, name="other").addresses == changed.addresses
    assert ada.accounts.update(account.id, addresses=frozenset()).addresses == frozenset()


@pytest.mark.parametrize("wrong", ["ada", "ada@home.example bob@home.example", "@", "ada@"])
def test_what_is_no_address_is_nobodys_own(ada: OwnerServices, wrong: str) -> None:
    account = ada.accounts.add(URL, username="ada")

    for call in (
        lambda: ada.accounts.update(account.id, addresses=frozenset({wrong})),
        lambda: ada.accounts.add("imaps://other.example", username="ada", addresses=frozenset({wrong})),
    ):
        with pytest.raises(InvalidError) as caught:
            call()
        assert caught.value.code == "address"
    assert ada.accounts.list() == (account,)


def test_me_without_an_own_address_is_found_by_analyze(ada: OwnerServices) -> None:
    ada.rules.save(Rule("mine", "to:Me OR cc:me", ["keep"]))
    ada.rules.save(Rule("word", "me subject:me to=me", ["keep"]))
    assert ada.rules.analyze() == ()
    account = ada.accounts.add(URL, username="ada")

    (found,) = ada.rules.analyze()

    assert (found.kind, found.rule) == ("unknown", "mine")
    assert found.message == (
        f"no own address of account {account.id} is known, so 'me' is nobody there; "
        f"say it with accounts.update({account.id}, addresses=...)"
    )
    ada.accounts.update(account.id, addresses=frozenset({"ada@example.org"}))
    assert ada.rules.analyze() == ()


def test_an_account_that_is_not_there_is_found_by_analyze(ada: OwnerServices) -> None:
    account = ada.accounts.add(URL, username="ada", name="Größe")
    ada.rules.save(Rule("typo", "account:grose", ["keep"]))
    ada.rules.save(Rule("there", f"account:grösse OR account={account.id} OR account:gr*", ["keep"]))
    ada.rules.save(Rule("gone", f"account:{account.id + 1}00", ["keep"]))

    assert {one.rule: (one.kind, one.message) for one in ada.rules.analyze()} == {
        "typo": ("unknown", "there is no account 'grose'; did you mean Größe?"),
        "gone": ("unknown", f"there is no account '{account.id + 1}00'"),
    }


def test_a_search_text_is_looked_at_as_a_rule_would_be(ada: OwnerServices) -> None:
    ada.accounts.add(URL, username="ada")

    found = ada.rules.analyze(Rule("search", "to:me account:nosuch", "keep"))

    assert [(one.kind, one.rule) for one in found] == [("unknown", "search")] * 2


def test_check_tells_what_the_server_names_and_refuses(ada: OwnerServices) -> None:
    with ImapServer(users={"ada": "secret"}) as server:
        server.faults.add(*(Fault(command, Answer("BAD"), times=None) for command in ("ENABLE", "COMPRESS")))
        options = {"compress": "always"}
        refusing = ada.accounts.try_out(server.url, username="ada", password="secret", options=options)
        server.faults.clear()
        healthy = ada.accounts.try_out(server.url, username="ada", password="secret", options=options)

    assert (refusing.ok, refusing.refused) == (True, ("COMPRESS=DEFLATE", "QRESYNC"))
    assert (healthy.ok, healthy.refused) == (True, ())


def test_a_name_of_blanks_is_no_name(ada: OwnerServices) -> None:
    account = ada.accounts.add(URL, username="ada", name="  ")

    assert account.name == "ada"
    assert ada.accounts.update(account.id, name=" Post ").name == "Post"
    assert ada.accounts.update(account.id, name=" \u00a0").name == "Post"
