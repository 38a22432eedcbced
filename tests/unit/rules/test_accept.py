"""A plugin's action may answer operations on its own message that can be carried out, and nothing else."""

from __future__ import annotations

import pytest

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError, PluginError
from mailhelper_core.model.extension import ActionType
from mailhelper_core.model.mail.keyword import SEEN
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    DropCopy,
    Effect,
    MoveMessage,
    Notify,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.rules.accept import MAX_EFFECT_CHARACTERS, MAX_OPERATIONS, accept
from mailhelper_core.rules.engine import Step
from mailhelper_core.rules.prepare import Planner
from tests.unit.rules.generated import mail

GOOD = [
    (AddKeyword(1, "\\SEEN"), AddKeyword(1, SEEN)),
    (RemoveKeyword(1, "Work", 3), RemoveKeyword(1, "work", 3)),
    (MoveMessage(1, "inbox"), MoveMessage(1, "INBOX")),
    (MoveMessage(1, role="archive", source_id=3), MoveMessage(1, role="archive", source_id=3)),
    (CopyMessage(1, "Finance"), CopyMessage(1, "Finance")),
    (AddTag(1, " Bills ", "#3366FF"), AddTag(1, "Bills", "#3366ff")),
    (RemoveTag(1, "Bills"), RemoveTag(1, "Bills")),
    (SetPriority(1, 3), SetPriority(1, 3)),
    (Notify(1, " look "), Notify(1, "look")),
    (Effect(1, "webhook", "{}"), Effect(1, "webhook", "{}")),
]
BAD = [
    None, "ab", b"ab", {}, 7, (one for one in ()), [None], ["stop"], [AddTag], [[AddTag(1, "a")]],
    [AddTag(1, "a")] * (MAX_OPERATIONS + 1), [AddTag(2, "a")], [AddTag("1", "a")],
    [AddKeyword(1, "two words")], [AddKeyword(1, "")], [AddKeyword(1, "\\Deleted")], [RemoveKeyword(1, "\\Recent")],
    [MoveMessage(1)], [MoveMessage(1, role="attic")], [MoveMessage(1, "a\nb")], [CopyMessage(1, "")],
    [DropCopy(1, "Finance")], [AddTag(1, "")], [AddTag(1, "x" * 51)], [AddTag(1, "a", "red")], [RemoveTag(1, " ")],
    [SetPriority(1, 0)], [SetPriority(1, 2, 4)], [Notify(1, "x" * 501)], [Effect(1, "")],
    [Effect(1, "webhook", "x" * (MAX_EFFECT_CHARACTERS + 1))], [Effect(1, "webhook", "{}", undo=True)],
    [Effect(1, "webhook", {"a": 1})],
]  # fmt: skip


@pytest.mark.parametrize(("answered", "accepted"), GOOD, ids=lambda one: type(one).__name__)
def test_an_operation_is_accepted_in_its_canonical_form(answered: object, accepted: object) -> None:
    assert accept([answered], 1) == (accepted,)
    assert accept((answered,), 1) == (accepted,)


@pytest.mark.parametrize("answered", BAD, ids=lambda one: type(one).__name__)
def test_anything_else_is_refused(answered: object) -> None:
    with pytest.raises(InvalidError):
        accept(answered, 1)


@pytest.mark.parametrize(
    "answered", [*BAD, [AddTag(0, 7)], [Notify(0, 7)], [MoveMessage(0, 7)]], ids=lambda one: type(one).__name__
)
def test_the_plugin_is_named_and_nothing_of_the_answer_is_quoted(answered: object) -> None:
    step = Step("demo", ActionType("mark", lambda message, _: answered), "")  # type: ignore[arg-type,return-value]

    with pytest.raises(PluginError, match="'mark' of plugin 'demo'") as caught:
        Planner(Dispatcher())(step, mail())

    assert caught.value.code == "plugin_answer"
    assert "xxx" not in str(caught.value)
