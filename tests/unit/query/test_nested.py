"""NOTs in NOTs: what is looked at grows with the tests and the places, and not with their powers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.query import match
from mailhelper_core.query.leaf import MatchContext, Test
from mailhelper_core.query.match import Matcher, compile_criteria
from mailhelper_core.query.read import MAX_DEPTH, read
from mailhelper_core.query.view import MessageView
from tests.unit.query.letter import CONTEXT, MESSAGE

# As a label of Gmail each.
PLACES = tuple(Place(number, f"Label {number}", "", frozenset()) for number in range(1, 9))
NOTS = MAX_DEPTH // 4


@pytest.mark.parametrize(
    ("ask", "innermost", "looks"),
    [
        (Matcher.matches, "is:unread is:unread", 1),
        (Matcher.matches, "is:unread in:trash", 1),
        # Each NOT is compiled and asked again where its tests are looked for.
        (Matcher.failing, "is:unread is:unread", NOTS),
        (Matcher.failing, "is:unread in:trash", NOTS),
        (Matcher.explain, "is:unread is:unread", NOTS),
        (Matcher.explain, "is:unread in:trash", NOTS),
    ],
)
def test_each_test_is_asked_a_few_times_at_each_place(
    ask: Callable[[Matcher, MessageView], object], innermost: str, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Is] = []
    compile_test = match.compile_test

    def counted(leaf: Is, context: MatchContext) -> Test:
        test = compile_test(leaf, context)

        def holds(view: MessageView, place: Place) -> bool | None:
            asked.append(leaf)
            return test(view, place)

        return holds

    monkeypatch.setattr(match, "compile_test", counted)
    query = innermost
    for _ in range(NOTS):
        query = f"-(is:unread {query})"
    matcher = compile_criteria(read(query), CONTEXT)

    ask(matcher, MessageView(replace(MESSAGE, places=PLACES)))

    tests = NOTS + 2
    assert 0 < len(asked) <= 3 * looks * tests * len(PLACES)
