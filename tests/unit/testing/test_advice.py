"""What plugin authors forget most often: the failure of a check says what to do about it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from mailhelper_core import (
    ActionType,
    AddTag,
    Classification,
    Classifier,
    Condition,
    ConfigError,
    Context,
    MessageDetail,
    TagSuggester,
    hookimpl,
)
from mailhelper_core.testing import (
    check_action,
    check_classifier,
    check_condition,
    check_plugin,
    check_tag_suggester,
)

EACH = "write @each before a function of one message"


def plugin(**hooks: Any) -> ModuleType:
    module = ModuleType("shop")
    for hook, provider in hooks.items():
        setattr(module, hook, hookimpl(lambda provider=provider: [provider]))
    return module


def older(message: MessageDetail, _: object, context: Context) -> bool:
    return bool(len(message.text) > context.settings["days"])


def test_a_forgotten_each_is_named() -> None:
    shop = Classifier("shop", lambda message: Classification("finance", 0.9) if message.subject else None)
    silent = Classifier("shop", lambda message: None)  # type: ignore[arg-type,return-value]

    for check in (lambda: check_classifier(shop), lambda: check_plugin(plugin(register_classifiers=shop))):
        with pytest.raises(AssertionError, match=f"shop took the sequence of messages for a message; {EACH}"):
            check()
    with pytest.raises(AssertionError, match=f"shop answered NoneType, not a sequence; {EACH}"):
        check_classifier(silent)


def test_what_a_classifier_itself_raises_passes() -> None:
    def classify(messages: Any) -> Any:
        return [message.nothing for message in (*messages, None)]

    with pytest.raises(AttributeError):
        check_classifier(Classifier("shop", classify))


@pytest.mark.parametrize("attribute", ["conditions", "actions"])
def test_an_argument_that_was_not_given_is_asked_for(attribute: str) -> None:
    longer = Condition("longer", lambda message, size: len(message.text) > size, argument=int)
    mark = ActionType("longer", lambda message, size: [AddTag(message.id, str(size))], argument=int)
    provider = {"conditions": longer, "actions": mark}[attribute]

    with pytest.raises(AssertionError, match=r"longer cannot read '' as its argument; .*arguments=\{'longer': "):
        check_plugin(plugin(**{f"register_{attribute}": provider}))
    with pytest.raises(AssertionError, match="longer cannot read '' as its argument"):
        check_condition(longer) if provider is longer else check_action(mark)


def test_a_setting_that_was_not_given_is_asked_for() -> None:
    said = r"context.settings has no 'days': declare it by register_settings, .*settings=\{'days': \.\.\.\}"
    condition = Condition("older", older)
    action = ActionType("older", lambda message, _, context: [AddTag(message.id, context.settings["days"])])
    classifier = Classifier("older", lambda messages, context: [context.settings["days"] for _ in messages])
    suggester = TagSuggester("older", lambda messages, context: [[(context.settings["days"], 1.0)] for _ in messages])

    for check in (
        lambda: check_condition(condition, "x"),
        lambda: check_action(action),
        lambda: check_classifier(classifier),
        lambda: check_tag_suggester(suggester),
        lambda: check_plugin(plugin(register_conditions=condition)),
    ):
        with pytest.raises(AssertionError, match=said):
            check()
    check_condition(condition, "x", settings={"days": 30})


def test_a_setting_may_be_looked_for_in_vain() -> None:
    def classify(messages: Any, context: Context) -> Any:
        try:
            return [context.settings["days"] for _ in messages]
        except KeyError:
            return [None] * len(messages)

    check_classifier(Classifier("older", classify))


def test_what_narrows_answers_is_a_query() -> None:
    with pytest.raises(AssertionError, match=r"'files\.narrows' .* answered a query that cannot be read"):
        check_condition(Condition("files", lambda *_: False, narrows=lambda _: "has:("))
    with pytest.raises(AssertionError, match="files: what narrows answers is too long"):
        check_condition(Condition("files", lambda *_: False, narrows=lambda _: "has:attachment OR " * 30 + "a"))
    check_condition(Condition("files", lambda message, _: message.has_attachments, narrows=lambda _: "has:attachment"))
    check_condition(Condition("files", lambda *_: True, narrows=lambda _: None))


def test_what_was_not_marked_is_named() -> None:
    shop = ModuleType("shop")
    shop.register_classifiers = lambda: []  # type: ignore[attr-defined]

    with pytest.raises(AssertionError, match="shop register_classifiers is not marked @hookimpl"):
        check_plugin(shop)
    with pytest.raises(AssertionError, match="shop has no function marked @hookimpl"):
        check_plugin(ModuleType("shop"))


def test_what_is_no_plugin_is_refused() -> None:
    class Shop:
        @hookimpl
        def register_classifiers(self) -> list[Classifier]:
            return []

    with pytest.raises(ConfigError, match=r"pass an instance, Shop\(\)"):
        check_plugin(Shop)
    check_plugin(Shop())
