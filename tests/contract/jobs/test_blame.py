"""A job's result names the plugins that failed, by counts; `helper.plugins` and `check` name who is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from mailhelper_core import (
    Account,
    ActionType,
    Classifier,
    Condition,
    Effect,
    MailHelper,
    OwnerServices,
    PluginError,
    Rule,
    Settings,
    hookimpl,
)
from mailhelper_core.testing import ImapServer
from tests.contract.jobs.conftest import KEY, MAILS


def explode(*_: Any) -> Any:
    raise ValueError("the mail said: secret")


@pytest.fixture
def helper(database_url: str) -> Iterator[MailHelper]:
    action = ActionType("tell", lambda message, _: [Effect(message.id, "tell")], deliver=explode)
    shop = SimpleNamespace(
        __name__="shop",
        register_classifiers=hookimpl(lambda: [Classifier("totals", explode)]),
        register_actions=hookimpl(lambda: [action]),
    )
    with MailHelper(Settings(database_url=database_url, key=KEY), plugins=[shop]) as made:
        yield made


@pytest.mark.parametrize(("kind", "prefix"), [("run", "process."), ("process", "")])
def test_a_result_counts_what_each_provider_of_a_plugin_did_wrong(
    helper: MailHelper, ada: OwnerServices, account: Account, kind: str, prefix: str
) -> None:
    if kind == "process":
        ada.sync(account.id)
    ada.jobs.submit(kind, account_id=account.id)

    done = helper.jobs.run()

    assert done is not None
    result = dict(done.result)
    assert (done.state, result[f"{prefix}processed"]) == ("done", MAILS)
    assert result[f"{prefix}plugin:shop/totals"] == result[f"{prefix}errors"] >= 1
    assert "secret" not in str(done.result)


@pytest.mark.parametrize(("kind", "prefix"), [("run", "deliver."), ("deliver", "")])
def test_a_result_names_the_plugin_whose_effects_cannot_be_delivered(
    helper: MailHelper, ada: OwnerServices, account: Account, kind: str, prefix: str
) -> None:
    ada.rules.save(Rule("tell", when="", then=["tell"]))
    if kind == "deliver":
        ada.sync(account.id)
        ada.process(account.id)
        ada.rules.run(query="")
    ada.jobs.submit(kind, account_id=account.id)

    done = helper.jobs.run()

    assert done is not None
    result = dict(done.result)
    assert (done.state, result[f"{prefix}retried"]) == ("done", MAILS)
    assert result[f"{prefix}plugin:shop/tell"] == result[f"{prefix}errors"] == MAILS


def test_a_source_that_fails_a_job_is_named_in_its_result(helper: MailHelper, ada: OwnerServices) -> None:
    def work(one: Any) -> Any:
        raise PluginError("bad", plugin="shop")

    helper.jobs.works = {"process": work}
    ada.jobs.submit("process")
    done = helper.jobs.run()

    assert done is not None
    assert (done.state, done.error_code, done.result) == ("failed", "plugin", (("plugin:shop", 1),))


def test_who_is_left_alone_is_named(
    helper: MailHelper, ada: OwnerServices, account: Account, server: ImapServer
) -> None:
    before = [one.paused for one in helper.plugins if one.name == "shop"]
    for _ in range(3):
        server.store.user("ada").mailbox("INBOX").append(b"From: e@example.org\r\nSubject: x\r\n\r\nx\r\n")
        ada.run(account.id)

    (shop,) = [one for one in helper.plugins if one.name == "shop"]
    (item,) = [one for one in helper.check().items if one.name == "plugin shop"]
    assert (before, shop.paused) == ([()], ("totals",))
    assert not item.ok
    assert "totals is left alone" in item.advice


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (Rule("cheap", when="cheap:x", then=["keep"]), "shop/cheap"),
        (Rule("sell", when="", then=["sell"]), "shop/sell"),
        (Rule("odd", when="", then=["odd"]), "shop/odd"),
    ],
)
def test_a_result_names_the_plugin_whose_words_rules_cannot_use(
    database_url: str, server: ImapServer, rule: Rule, who: str
) -> None:
    shop = SimpleNamespace(
        __name__="shop",
        register_conditions=hookimpl(lambda: [Condition("cheap", explode)]),
        register_actions=hookimpl(
            lambda: [ActionType("sell", explode), ActionType("odd", lambda message, _: [7])]  # type: ignore[list-item]
        ),
    )
    with MailHelper(Settings(database_url=database_url, key=KEY), plugins=[shop]) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.rules.save(rule)
        ada.jobs.submit("run", account_id=account.id)

        done = helper.jobs.run()

    assert done is not None
    result = dict(done.result)
    assert (done.state, result[f"rules.plugin:{who}"]) == ("done", result["rules.errors"])
    assert "secret" not in str(done.result)
