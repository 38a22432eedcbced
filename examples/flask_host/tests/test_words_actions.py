"""What rules and changes do in German: every action and every operation of the engine has words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields

import pytest
from flask_babel import force_locale

from mailhelper_core import Action, AddKeyword, MoveMessage, Operation, Place, RemoveKeyword
from mailhelper_core.model.work.operation import OPERATION_TYPES
from mailhelper_core.rules import builtin
from mailhelper_core.rules.sieve import words
from mailhelper_web.words.wording import action_words, in_words, place_name

pytestmark = pytest.mark.usefixtures("german")


def _is_german(told: Callable[[], str], name: str) -> bool:
    said = told()
    with force_locale("en"):
        return said not in (name, told())


@pytest.mark.parametrize("name", sorted({one.name for one in (*builtin.register_actions(), *words.register_actions())}))
def test_every_action_has_german_words(name: str):
    assert _is_german(lambda: action_words(Action(name)), name)


@pytest.mark.parametrize("of", OPERATION_TYPES.values(), ids=lambda of: of.__name__)
def test_every_operation_has_german_words(of: type[Operation]):
    needed = [one for one in fields(of) if one.default is MISSING and one.name != "message_id"]
    one = of(message_id=1, **{field.name: 2 if field.type == "int" else "name" for field in needed})

    # The name of a plugin's action reads alike in all languages.
    assert in_words(one) == "name" or _is_german(lambda: in_words(one), of.__name__)


def test_flags_are_told_by_their_names():
    assert in_words(AddKeyword(1, "\\Flagged")) == "Markierung „Markiert“ setzen"
    assert in_words(RemoveKeyword(1, "work")) == "Markierung „work“ entfernen"
    assert action_words(Action("addflag", "\\Seen work")) == "Markierung setzen: Gelesen, work"
    assert action_words(Action("tag", "\\Seen")) == "Schlagwort setzen: \\Seen"


def test_a_place_is_told_by_what_it_is_for():
    assert place_name(Place(1, "INBOX", "inbox", frozenset())) == "Eingang"
    assert place_name(Place(2, "Rechnungen", "", frozenset())) == "Rechnungen"


def test_a_mailbox_that_is_moved_to_by_its_role_is_told_by_its_name():
    assert in_words(MoveMessage(1, role="archive")) == "nach Archiv verschieben"
