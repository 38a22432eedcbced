"""Conditions of plugins: asked with their argument, narrowed, and named when they fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

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


def test_what_a_condition_narrows_to_is_ignored_when_it_is_no_built_in_criteria() -> None:
    for wrong in (Is("broken", ":", "x"), Is("larger", ":", "much"), AllOf((Is("any", ":", "x"),) * 100)):
        context = _context(replace(LONGER, narrows=lambda _argument, wrong=wrong: wrong))

        assert match(Is("longer-than", ":", "10"), MESSAGE, context=context)


def test_what_holds_without_the_failing_condition_still_holds() -> None:
    leaf = Is("broken", ":", "x")
    context = _context(BROKEN)

    assert match(AnyOf((leaf, read("tag:bills"))), MESSAGE, context=context)
    assert match(Not(AllOf((leaf, read("tag:other")))), MESSAGE, context=context)
