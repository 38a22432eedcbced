"""Tag suggesters fill the owner's queue; one that answers nonsense costs its own suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mailhelper_core import TagSuggester
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.store.mind import suggestions
from mailhelper_core.store.unit_of_work import UnitOfWork
from tests.contract.plugins.conftest import Start, fill, plugin

LISTED = b"From: bob@example.org\r\nList-Id: <garden.example.org>\r\nSubject: [Garden] Roses\r\n\r\nRed.\r\n"


def suggester(answer: Any) -> Any:
    return plugin("shop", register_tag_suggesters=lambda: [TagSuggester("tags", lambda messages: answer)])


def test_what_is_suggested_waits_for_the_owner(start: Start) -> None:
    env = start(suggester([[("Receipts", 0.75)]]))
    fill(env, 1)

    report = env.ada.run(env.account.id)

    assert report.process.suggested == 1
    assert [(one.name, one.confidence, one.is_new) for one in env.ada.tags.queue()] == [("Receipts", 0.75, True)]
    env.ada.tags.accept("Receipts")
    assert env.ada.count("tag:receipts") == 1


@pytest.mark.parametrize(
    "answer",
    [
        None, [], "x", [[("Receipts", float("nan"))]], [[("Receipts", 2.0)]], [[("x" * 10_000_000, 0.5)]],
        [["Receipts"]], [[(7, 0.5)]], [7],
    ],
)  # fmt: skip
def test_nonsense_is_named_and_suggests_nothing(start: Start, answer: Any) -> None:
    env = start(suggester(answer))
    fill(env, 1)

    report = env.ada.run(env.account.id)

    assert [(note.where, note.code) for note in report.errors] == [("plugin:shop/tags", "plugin_answer")]
    assert env.ada.tags.queue() == ()
    assert report.process.processed == 1


def test_a_tag_that_the_owner_has_is_suggested_where_a_list_bears_its_name(start: Start) -> None:
    env = start()
    env.ada.tags.create("garden")
    fill(env, 1, LISTED)

    env.ada.run(env.account.id)

    assert [(one.name, one.is_new) for one in env.ada.tags.queue()] == [("garden", False)]


def test_many_names_are_put_into_the_queue_in_small_transactions(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Tag {number}" for number in range(10)]
    env = start(suggester([[(name, 0.5) for name in names], [(name.upper(), 0.75) for name in names]]))
    fill(env, 2)
    put, parts = suggestions.put, list[int]()

    def count(uow: UnitOfWork, part: Sequence[SuggestedTag]) -> int:
        parts.append(len({one.name.lower() for one in part}))
        return put(uow, part)

    monkeypatch.setattr(suggestions, "put", count)
    report = env.ada.run(env.account.id)

    assert parts == [8, 2]
    assert report.process.suggested == 20
    assert [(one.name, len(one.messages)) for one in env.ada.tags.queue()] == [(name, 2) for name in names]


def test_a_confidence_of_numpys_is_a_number(start: Start) -> None:
    numpy = pytest.importorskip("numpy")
    env = start(suggester([[("Receipts", numpy.float32(0.5))]]))
    fill(env, 1)

    report = env.ada.run(env.account.id)

    assert (report.errors, [tag.name for tag in env.ada.tags.queue()]) == ((), ["Receipts"])
