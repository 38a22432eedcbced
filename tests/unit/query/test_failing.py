"""Why a message does not meet criteria: the tests that keep it from that."""

from __future__ import annotations

import pytest
from hypothesis import given

from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.read import read
from mailhelper_core.query.view import MessageView
from mailhelper_core.query.write import write
from tests.unit.query.letter import CONTEXT, MESSAGE
from tests.unit.query.strategies import criteria, messages


@pytest.mark.parametrize(
    ("query", "failed"),
    [
        ("from:ada size>1k", []),
        ("from:ada size>10M tag:done", ["size>10M", "tag:done"]),
        ("from:ada (size>10M OR tag:done)", ["size>10M", "tag:done"]),
        ("from:ada (size>10M OR tag:bills)", []),
        ("from:eve -tag:bills", ["from:eve", "tag:bills"]),
        ("-(tag:bills size>1k)", ["tag:bills", "size>1k"]),
        ("-(tag:done OR size>1k)", ["size>1k"]),
        ("-(tag:bills -size>10M)", ["tag:bills", "size>10M"]),
        ("in:inbox is:read", ["is:read"]),
        ("in:archive is:unread", ["is:unread"]),
        ("in:trash is:unread", ["in:trash"]),
        ("-in:archive", ["in:archive"]),
    ],
)
def test_what_keeps_a_message_is_named(query: str, failed: list[str]) -> None:
    assert _failing(read(query)) == failed


def test_a_condition_that_cannot_answer_keeps_it_whatever_was_asked() -> None:
    gone = Is("gone", ":", "x")

    assert _failing(AllOf((gone, Is("size", ">", "1k")))) == ["gone:x"]
    assert _failing(Not(gone)) == ["gone:x"]
    assert _failing(AnyOf((gone, Is("size", ">", "1k")))) == []


def _failing(tree: Criteria) -> list[str]:
    return [step.condition for step in compile_criteria(tree, CONTEXT).failing(MessageView(MESSAGE))]


def test_what_it_saw_stands_beside() -> None:
    (step,) = compile_criteria(read("size>10M"), CONTEXT).failing(MessageView(MESSAGE))

    assert (step.saw, step.matched) == ("2097152", False)


@given(criteria(), messages())
def test_something_is_named_where_a_message_does_not_meet_them(tree: Criteria, message: MessageDetail) -> None:
    matcher, view = compile_criteria(tree, CONTEXT), MessageView(message)

    failed = matcher.failing(view)

    holds_nothing = "()" in write(tree)  # a group of nothing has no test to name
    assert holds_nothing or bool(failed) is not matcher.matches(view)
