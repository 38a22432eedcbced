"""Conditions of plugins: asked with their argument, narrowed, and named when they fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailhelper_core.dispatch import FAILURES_TO_OPEN, Dispatcher
from mailhelper_core.model.extension import Condition, Provided, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Is, Not
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria, match
from mailhelper_core.query.read import read
from mailhelper_core.query.view import MessageView
from tests.unit.query.letter import CONTEXT, MESSAGE


def _context(*conditions: Condition) -> MatchContext:
    provided = {condition.name: Provided("demo", condition) for condition in conditions}
    return replace(CONTEXT, registry=Registry(conditions=provided))


def _broken(_message: MessageDetail, _argument: object) -> bool:
    raise RuntimeError


LONGER = Condition("longer-than", lambda message, size: len(message.text) > int(str(size)), argument=int)
BROKEN = Condition("broken", _broken)
WRONG = Condition("wrong", lambda _message, _argument: "yes")  # type: ignore[arg-type,return-value]


def test_a_plugin_condition_gets_its_parsed_argument() -> None:
    context = _context(LONGER)

    assert match(Is("longer-than", ":", "10"), MESSAGE, context=context)
    assert not match(Is("longer-than", ":", "1000"), MESSAGE, context=context)


@pytest.mark.parametrize("name", ["broken", "wrong", "missing"])
def test_a_failing_condition_matches_nothing_and_is_named_once(name: str) -> None:
    leaf = Is(name, ":", "x")
    context = _context(BROKEN, WRONG)
    view = MessageView(MESSAGE)

    for tree in (leaf, Not(leaf), AllOf((leaf,)), AnyOf((leaf, Not(leaf)))):
        assert not compile_criteria(tree, context).matches(view)

    assert [note.where for note in view.errors] == [f"condition:{name}"]


def test_a_condition_is_not_asked_where_what_it_narrows_to_fails() -> None:
    paid = replace(BROKEN, narrows=lambda _argument: read("tag:paid"))
    view = MessageView(MESSAGE)

    assert compile_criteria(Not(Is("broken", ":", "x")), _context(paid)).matches(view)
    assert not view.errors


def test_what_narrows_answers_may_be_a_query_as_text() -> None:
    paid = replace(BROKEN, narrows=lambda _argument: "tag:paid")
    view = MessageView(MESSAGE)

    assert compile_criteria(Not(Is("broken", ":", "x")), _context(paid)).matches(view)
    assert not view.errors


@pytest.mark.parametrize("silent", [lambda _argument: None, lambda _argument: AllOf((Is("any", ":", "x"),) * 100)])
def test_a_condition_may_have_nothing_to_narrow_to(silent: Any) -> None:
    view = MessageView(MESSAGE)

    assert compile_criteria(Is("longer-than", ":", "10"), _context(replace(LONGER, narrows=silent))).matches(view)
    assert not view.errors


def fail(_argument: object) -> Any:
    raise RuntimeError("secret")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (fail, "raised RuntimeError"),
        (lambda _: "is:(", "answered a query that cannot be read: "),
        (lambda _: "longer-than:3", "answered a query that cannot be read: there is no field or condition"),
        (lambda _: Is("broken", ":", "x"), "answered a query that cannot be read: there is no field or condition"),
        (lambda _: Is("larger", ":", "much"), "answered a query that cannot be read: "),
        (lambda _: 7, "answered int, not a query"),
        (lambda _: [Is("any", ":", "x")], "answered list, not a query"),
        (lambda _: Is("any", ":", 7), "answered Is, not a query"),  # type: ignore[arg-type]
        (lambda _: Not("x"), "answered Not, not a query"),  # type: ignore[arg-type]
        (lambda _: AllOf(None), "answered AllOf, not a query"),  # type: ignore[arg-type]
        (lambda _: AnyOf((Is("any", ":", "x"), "x")), "answered AnyOf, not a query"),  # type: ignore[arg-type]
        (lambda _: nested(1_000), "answered Not, not a query"),
    ],
)
def test_what_narrows_to_no_query_narrows_nothing_and_is_named(wrong: Any, said: str) -> None:
    heard: list[tuple[str, str, str]] = []
    dispatcher = Dispatcher(notice=lambda *failure: heard.append(failure))
    context = replace(_context(replace(LONGER, narrows=wrong)), dispatcher=dispatcher)
    views = [MessageView(MESSAGE) for _ in range(FAILURES_TO_OPEN + 1)]

    for view in views:
        assert compile_criteria(Is("longer-than", ":", "10"), context).matches(view)
        assert not compile_criteria(Is("longer-than", ":", "100000"), context).matches(view)

    note = views[0].errors[0]
    assert note.where == "condition:longer-than"
    assert f"'longer-than.narrows' of plugin 'demo' {said}" in note.message
    assert "secret" not in note.message
    assert {failure[:2] for failure in heard} == {("demo", "longer-than.narrows")}
    assert dispatcher.paused("demo") == ("longer-than.narrows",)


def nested(depth: int) -> Any:
    found: Any = Is("any", ":", "x")
    for _ in range(depth):
        found = Not(found)
    return found


def test_what_holds_without_the_failing_condition_still_holds() -> None:
    leaf = Is("broken", ":", "x")
    context = _context(BROKEN)

    assert match(AnyOf((leaf, read("tag:bills"))), MESSAGE, context=context)
    assert match(Not(AllOf((leaf, read("tag:other")))), MESSAGE, context=context)
