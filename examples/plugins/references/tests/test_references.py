"""Lists, tickets and orders are suggested; what only looks like one is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mailhelper_references as plugin
import pytest

from mailhelper_core import Context, InvalidError, MailFacts
from mailhelper_core.testing import Environment, check_plugin, check_tag_suggester, sample_messages

SETTINGS = {"order-tag": "orders"}


def suggested(subject: str = "", *, list_id: str = "", list_post: str = "", tags: tuple[str, ...] = ()) -> list[str]:
    facts = MailFacts(list_id=list_id, list_post=list_post)
    message = replace(sample_messages()[0], subject=subject, facts=facts, tags=())
    return [name for name, _ in plugin.suggest([message], Context("ada", settings=SETTINGS, tags=tags))[0]]


def test_the_plugin_keeps_its_contract() -> None:
    (suggester,) = plugin.register_tag_suggesters()

    check_plugin(plugin)
    check_tag_suggester(suggester, settings=SETTINGS)


@pytest.mark.parametrize(
    "subject",
    [
        "SHOP-12: the basket is empty", "[SHOP-12] the basket", "Re: [SHOP-12] the basket", "[JIRA] (SHOP-12) Basket",
        "AW: WG: SHOP-12", "SHOP-1 and (SHOP-2)",
    ],
)  # fmt: skip
def test_the_project_of_a_ticket_is_suggested(subject: str) -> None:
    assert suggested(subject) == ["SHOP"]


@pytest.mark.parametrize("subject", ["UTF-8", "[CVE-2024] fixed", "about SHOP-12", "shop-12", "A-1", "SHOP-1234567"])
def test_what_only_looks_like_a_ticket_is_not(subject: str) -> None:
    assert suggested(subject) == []


@pytest.mark.parametrize(
    "subject",
    [
        "Your order 302-1234567-7654321 has been shipped", "Ihre Bestellung Nr. 4711123", "Auftragsnummer: AB-20261",
        "Order #12345 is confirmed", "Votre commande n° 99887766",
    ],
)  # fmt: skip
def test_an_order_is_suggested(subject: str) -> None:
    assert suggested(subject) == ["orders"]


@pytest.mark.parametrize("subject", ["In order to win 5 prizes", "Order now: 20 % off", "Bestellung", "Reorder 12345"])
def test_what_only_speaks_of_orders_is_not(subject: str) -> None:
    assert suggested(subject) == []


def test_a_list_that_people_write_to_is_suggested_in_the_owners_spelling() -> None:
    post = "<mailto:garden@lists.example.org>"

    assert suggested(list_id="garden.lists.example.org", list_post=post) == ["garden"]
    assert suggested(list_id="garden.lists.example.org", list_post=post, tags=("Garden",)) == ["Garden"]
    assert suggested(list_id="garden.lists.example.org") == []
    assert suggested(list_id="10234567.xt.local", list_post=post) == []


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for number, subject in enumerate(("[SHOP-1] Basket", "Ihre Bestellung 4711123")):
            mail = f"From: bob@example.org\r\nMessage-ID: <{number}@x>\r\nSubject: {subject}\r\n\r\nText\r\n"
            inbox.append(mail.encode())
        yield env


def test_what_is_suggested_waits_for_the_owners_word(env: Environment) -> None:
    env.ada.plugins.set("mailhelper_references", {"order-tag": "Bestellungen"})

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert {one.name for one in env.ada.tags.queue()} == {"SHOP", "Bestellungen"}
    env.ada.tags.accept("SHOP")
    assert [message.subject for message in env.ada.search("tag:shop")] == ["[SHOP-1] Basket"]


def test_no_tag_for_orders_means_none(env: Environment) -> None:
    env.ada.plugins.set("mailhelper_references", {"order-tag": "-"})

    env.ada.run(env.account.id)

    assert {one.name for one in env.ada.tags.queue()} == {"SHOP"}


def test_a_tag_without_a_name_is_refused(env: Environment) -> None:
    with pytest.raises(InvalidError, match="1 to 50"):
        env.ada.plugins.set("mailhelper_references", {"order-tag": " "})
