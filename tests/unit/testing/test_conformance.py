"""The conformance suites pass what keeps its contract: what is built in, and small ones of each kind."""

from __future__ import annotations

import itertools
import mailbox
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mailhelper_core import (
    ActionType,
    AddTag,
    BlobStoreType,
    Classification,
    Classifier,
    Condition,
    Effect,
    LoginError,
    MessageDetail,
    Provider,
    SourceType,
    TagSuggester,
    TokenProvider,
    TokenRequest,
    anthropic_provider,
    each,
    hookimpl,
    ollama_provider,
    openai_provider,
)
from mailhelper_core.app.built_in import BUILT_IN
from mailhelper_core.plugins.load import load
from mailhelper_core.testing import (
    ImapServer,
    MailboxGenerator,
    ModelServer,
    check_action,
    check_blob_store,
    check_classifier,
    check_condition,
    check_embedder,
    check_plugin,
    check_provider,
    check_recognizer,
    check_source,
    check_tag_suggester,
    check_token_provider,
    sample_messages,
)

BUILT_INS = load(BUILT_IN, allowed=())
REQUEST = TokenRequest("ada", "imap.example.org", "refresh", owner="ada")
# Arguments for those of ours that cannot do without one.
ARGUMENTS = {
    "sieve": 'header :contains "subject" "invoice"',
    "fileinto": "Archive", "copy": "Archive", "redirect": "bob@example.org", "priority": "high", "tag": "work",
    "untag": "work", "addflag": "work", "removeflag": "work", "setflag": "work",
}  # fmt: skip
SCRIPT = 'require "fileinto"; if header :contains "subject" "invoice" { fileinto "Archive"; }'


def finance(message: MessageDetail) -> Any:
    return Classification("finance", 0.9) if "invoice" in message.subject.lower() else None


@pytest.mark.parametrize("name", [name for name, one in BUILT_INS.classifiers.items() if one.provider.cost == "cpu"])
def test_our_classifiers(name: str) -> None:
    check_classifier(BUILT_INS.classifiers[name].provider)


@pytest.mark.parametrize("name", BUILT_INS.suggesters)
def test_our_suggesters(name: str) -> None:
    check_tag_suggester(BUILT_INS.suggesters[name].provider)


@pytest.mark.parametrize("name", BUILT_INS.recognizers)
def test_our_recognizers(name: str) -> None:
    check_recognizer(BUILT_INS.recognizers[name].provider)


@pytest.mark.parametrize("name", BUILT_INS.embedders)
def test_our_embedders(name: str) -> None:
    check_embedder(BUILT_INS.embedders[name].provider)


@pytest.mark.parametrize("name", BUILT_INS.conditions)
def test_our_conditions(name: str) -> None:
    check_condition(BUILT_INS.conditions[name].provider, ARGUMENTS.get(name, ""))


@pytest.mark.parametrize("name", BUILT_INS.actions)
def test_our_actions(name: str) -> None:
    check_action(BUILT_INS.actions[name].provider, SCRIPT if name == "sieve" else ARGUMENTS.get(name, ""))


@pytest.mark.parametrize("name", BUILT_INS.contents)
def test_our_blob_stores(name: str, tmp_path: Path) -> None:
    opened = BUILT_INS.contents[name].provider.open

    check_blob_store(opened(f"file://{tmp_path}"), reopened=opened(f"file://{tmp_path}"))


MODELS: dict[str, Callable[[str], Provider]] = {
    "ollama": lambda url: ollama_provider(url=url, model="fast", embedding_model="vectors"),
    "openai": lambda url: openai_provider(url=f"{url}/v1", key="k", model="fast", embedding_model="vectors"),
    "anthropic": lambda url: anthropic_provider(url=url, key="k", model="fast"),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_our_model_providers(make: Callable[[str], Provider]) -> None:
    with ModelServer(lambda _: "yes") as server, ModelServer() as hanging:
        hanging.misbehave("timeout")

        check_provider(make(server.url), away=make("http://127.0.0.1:1"), slow=make(hanging.url))


def test_a_token_provider() -> None:
    def token(request: TokenRequest) -> str:
        if request.secret != "refresh":
            raise LoginError
        return f"t0ken-{next(counter) if request.renew else 0}"

    counter = itertools.count(1)

    check_token_provider(TokenProvider("own", token), REQUEST, refused=replace(REQUEST, secret="ended"))


def test_a_whole_plugin_makes_a_journey(database_url: str) -> None:
    shop = ModuleType("shop")
    shop.register_classifiers = hookimpl(lambda: [Classifier("invoices", each(finance))])  # type: ignore[attr-defined]
    shop.register_conditions = hookimpl(  # type: ignore[attr-defined]
        lambda: [Condition("longer", lambda message, size: len(message.text) > size, argument=int)]
    )

    assert check_plugin(shop, arguments={"longer": "350"}, database=database_url) == ()


def test_a_whole_plugin_is_told_what_others_check() -> None:
    shop = ModuleType("shop")
    providers: dict[str, list[Any]] = {
        "register_classifiers": [Classifier("asked", each(finance), cost="llm"), Classifier("own", each(finance))],
        "register_tag_suggesters": [TagSuggester("guess", lambda messages: [[] for _ in messages], cost="network")],
        "register_actions": [
            ActionType("call", lambda message, _: [Effect(message.id, "call")], deliver=lambda effect: None),
            ActionType("mark", lambda message, text: [AddTag(message.id, text)]),
        ],
        "register_conditions": [Condition("says", lambda message, text: text in message.subject)],
        "register_sources": [SourceType("away", ("away",), lambda endpoint: 1 / 0)],  # type: ignore[arg-type,return-value]
        "register_blob_stores": [BlobStoreType("far", ("far",), lambda url: 1 / 0)],  # type: ignore[arg-type,return-value]
        "register_tokens": [TokenProvider("token", lambda request: "x")],
        "register_providers": [Provider("model", lambda request: 1 / 0)],  # type: ignore[arg-type,return-value]
    }
    for hook, found in providers.items():
        setattr(shop, hook, hookimpl(lambda found=found: found))

    left_out = check_plugin(shop, arguments={"says": 'a "quoted" word', "mark": "marked"})

    assert left_out == (
        "away of its sources: check_source",
        "far of its contents: check_blob_store",
        "token of its tokens: check_token_provider",
        "model of its providers: check_provider",
        "asked of its classifiers: check_classifier",
        "guess of its suggesters: check_tag_suggester",
        "call of its actions: check_delivery",
    )


def test_a_tag_suggester_that_asks_a_service_may_say_otherwise_when_it_is_asked_about_less() -> None:
    def suggest(messages: Sequence[MessageDetail]) -> list[list[tuple[str, float]]]:
        return [[("x", len(messages) / 1000)]] * len(messages)

    check_tag_suggester(TagSuggester("guess", suggest, cost="llm"))
    with pytest.raises(AssertionError, match="depends on what else"):
        check_tag_suggester(TagSuggester("guess", suggest))


@pytest.mark.parametrize("kind", ["imap", "maildir", "mbox"])
def test_our_sources(kind: str, database_url: str, tmp_path: Path) -> None:
    source, mails = BUILT_INS.sources[kind].provider, [mail.raw for mail in MailboxGenerator(seed=3).mails(20)]
    with ImapServer() as server:
        url = {"imap": server.url, "maildir": f"maildir://{tmp_path / 'mail'}", "mbox": f"mbox://{tmp_path / 'one'}"}
        fill(kind, server, tmp_path, mails)

        away = {"imap": "imap://127.0.0.1:1"}.get(kind, f"{kind}://{tmp_path / 'nowhere' / 'at' / 'all'}")
        check_source(
            source, url[kind], mails, username="ada", password="secret", database=database_url,
            refused="wrong" if kind == "imap" else "", away=away,
        )  # fmt: skip


@pytest.mark.parametrize(
    "without", [["MOVE"], ["UIDPLUS"], ["CONDSTORE", "QRESYNC"], ["MOVE", "UIDPLUS", "CONDSTORE", "QRESYNC"]]
)
def test_our_imap_source_writes_without_extensions(without: list[str]) -> None:
    source, mails = BUILT_INS.sources["imap"].provider, [mail.raw for mail in MailboxGenerator(seed=3).mails(2)]
    with ImapServer(without=without) as server:
        for mail in mails:
            server.store.user("ada").mailbox("INBOX").append(mail)

        check_source(source, server.url, mails, username="ada", password="secret")


def fill(kind: str, server: ImapServer, folder: Path, mails: Sequence[bytes]) -> None:
    """Put mails where a source of this kind finds them."""
    maildir, mbox = mailbox.Maildir(folder / "mail"), mailbox.mbox(folder / "one")
    for mail in mails:
        if kind == "imap":
            server.store.user("ada").mailbox("INBOX").append(mail)
        else:
            {"maildir": maildir, "mbox": mbox}[kind].add(mail)
    mbox.flush()
    mbox.close()


def test_samples_are_copies_that_nobody_spoils_for_the_next() -> None:
    object.__setattr__(sample_messages()[0], "subject", "spoilt")

    assert sample_messages()[0].subject != "spoilt"
