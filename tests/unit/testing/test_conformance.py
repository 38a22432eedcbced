"""The conformance suites pass what keeps its contract, and name what does not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mailhelper_core import (
    ActionType,
    AddTag,
    Classification,
    Classifier,
    Condition,
    Effect,
    Embedder,
    MessageDetail,
    PersonalData,
    Recognizer,
    TagSuggester,
    each,
    hookimpl,
)
from mailhelper_core.app.built_in import BUILT_IN
from mailhelper_core.model.criteria import Is
from mailhelper_core.plugins.load import load
from mailhelper_core.store.contents.directory import DirectoryStore
from mailhelper_core.testing import (
    MailboxGenerator,
    check_action,
    check_blob_store,
    check_classifier,
    check_condition,
    check_embedder,
    check_plugin,
    check_recognizer,
    check_source,
    check_tag_suggester,
)

COUNTER = itertools.count()
BUILT_INS = load(BUILT_IN, allowed=())


def finance(message: MessageDetail) -> Any:
    return Classification("finance", 0.9) if "invoice" in message.subject.lower() else None


def abstains(messages: Sequence[MessageDetail]) -> list[None]:
    return [None] * len(messages)


def test_a_classifier_that_keeps_its_contract_passes() -> None:
    check_classifier(Classifier("invoices", each(finance)))


@pytest.mark.parametrize(
    ("classify", "problem"),
    [
        (lambda messages: [None], "answered something|answered 1 times"),
        (lambda messages: [Classification("nonsense", 0.9)] * len(messages), "unknown value"),
        (lambda messages: [Classification("finance", float("nan"))] * len(messages), "confidence"),
        (lambda messages: [Classification("finance", next(COUNTER) % 7 / 7) for _ in messages], "otherwise when asked"),
        (lambda messages: [Classification("finance", len(messages) / 1000)] * len(messages), "depends on what else"),
        (lambda messages: [object.__setattr__(m, "subject", "x") for m in messages], "changed the messages"),
    ],
)
def test_a_classifier_that_breaks_it_is_named(classify: Callable[..., Any], problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        check_classifier(Classifier("bad", classify))


@pytest.mark.parametrize("name", [name for name, one in BUILT_INS.classifiers.items() if one.provider.cost == "cpu"])
def test_our_own_classifiers_keep_theirs(name: str) -> None:
    check_classifier(BUILT_INS.classifiers[name].provider)


def test_our_own_suggester_and_recognizers_keep_theirs() -> None:
    for suggester in BUILT_INS.suggesters.values():
        check_tag_suggester(suggester.provider)
    for recognizer in BUILT_INS.recognizers.values():
        check_recognizer(recognizer.provider)


def test_a_suggester_that_breaks_its_contract_is_named() -> None:
    with pytest.raises(AssertionError, match="pairs"):
        check_tag_suggester(TagSuggester("bad", lambda messages: [["tag"]] * len(messages)))


def test_conditions_are_checked() -> None:
    check_condition(Condition("longer", lambda message, size: len(message.text) > size, argument=int), "350")
    with pytest.raises(AssertionError, match="else than a bool"):
        check_condition(Condition("bad", lambda message, _: len(message.text)))  # type: ignore[arg-type,return-value]
    narrow = Condition("bad", lambda message, _: True, narrows=lambda _: Is("subject", ":", "nowhere"))
    with pytest.raises(AssertionError, match="narrows leaves out"):
        check_condition(narrow)


def test_actions_are_checked() -> None:
    check_action(ActionType("mark", lambda message, _: [AddTag(message.id, "x")]))
    with pytest.raises(AssertionError, match="no deliver"):
        check_action(ActionType("ring", lambda message, _: [Effect(message.id, "ring")]))


def test_the_directory_store_keeps_its_contract(tmp_path: Path) -> None:
    check_blob_store(DirectoryStore(tmp_path))


@dataclass
class Forgetful:
    """A blob store that keeps one octet less."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.kept[key] = data[:-1]

    def get(self, key: str) -> bytes:
        return self.kept.get(key, b"")

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)


def test_a_blob_store_that_loses_octets_is_named() -> None:
    with pytest.raises(AssertionError, match="came back otherwise"):
        check_blob_store(Forgetful())


def test_embedders_are_checked() -> None:
    check_embedder(Embedder("lengths", lambda texts, _: [[len(text), 1.0] for text in texts], 2))
    with pytest.raises(AssertionError, match="no number"):
        check_embedder(Embedder("bad", lambda texts, _: [[float("inf")] for _ in texts], 1))


def test_recognizers_are_checked() -> None:
    def digits(text: str) -> list[PersonalData]:
        return [PersonalData("number", *found.span()) for found in re.finditer(r"\b[0-9]{11}\b", text)]

    check_recognizer(Recognizer("digits", digits), finds=["12345678901"], ignores=["1234567890"])
    with pytest.raises(AssertionError, match="outside of the text"):
        check_recognizer(Recognizer("bad", lambda text: [PersonalData("x", 0, len(text) + 1)]))


def test_the_built_in_sources_keep_their_contract(tmp_path: Path) -> None:
    mails = MailboxGenerator(seed=3).write_maildir(tmp_path / "mail", count=20)
    maildir = BUILT_INS.source("maildir")
    assert maildir is not None

    with pytest.raises(AssertionError, match="messages"):
        check_source(maildir.provider, f"maildir://{tmp_path / 'mail'}", [mail.raw for mail in mails[:-1]])


def test_a_whole_plugin_makes_a_journey(database_url: str) -> None:
    shop = ModuleType("shop")
    shop.register_classifiers = hookimpl(lambda: [Classifier("invoices", each(finance))])  # type: ignore[attr-defined]
    shop.register_conditions = hookimpl(  # type: ignore[attr-defined]
        lambda: [Condition("longer", lambda message, size: len(message.text) > size, argument=int)]
    )

    check_plugin(shop, arguments={"longer": "350"}, database=database_url)


def test_a_plugin_that_does_not_load_is_named() -> None:
    shop = ModuleType("shop")
    shop.register_classifiers = hookimpl(lambda: [Classifier("Bad Name", abstains)])  # type: ignore[attr-defined]

    with pytest.raises(AssertionError, match="is no name"):
        check_plugin(shop)
