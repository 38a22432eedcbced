"""An argument of a wrong kind is named by every public call, with what it takes, before anything is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import Action, InvalidError, MailHelper, OwnerServices, Rule
from tests.acceptance.bad_input.test_owner import CALLS

# Words of a closed set and switches are for the call itself to judge.
JUDGED_LATER = frozenset(
    ("paused", "purpose", "level", "strong", "state", "remote_images", "spam", "provider", "mode", "tone", "overwrite",
     "save", "strict", "sort", "shares_learning")
)  # fmt: skip
ASKED = [(call.path, one.name) for call in CALLS for one in call.parameters]


@pytest.fixture
def ada(tmp_path: Path) -> OwnerServices:
    """An owner of a database that is made at the first use."""
    return MailHelper(f"sqlite:///{tmp_path / 'never.db'}").for_owner("ada")


@pytest.mark.parametrize(("path", "name"), [one for one in ASKED if one[1] not in JUDGED_LATER])
def test_nothing_of_a_wrong_kind_gets_in(path: str, name: str, ada: OwnerServices, tmp_path: Path) -> None:
    call = next(one for one in CALLS if one.path == path)
    function: Any = ada
    for part in path.split("."):
        function = getattr(function, part)
    fillers = {one.name: object() for one in call.parameters if one.default is one.empty or one.name == name}

    with pytest.raises(InvalidError, match=", not object") as caught:
        function(**fillers)

    assert caught.value.code == "argument"
    assert str(caught.value).startswith(f"{path.rpartition('.')[2]}: ")
    assert not (tmp_path / "never.db").exists()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda ada: ada.events(after=1), "events: 'after' takes a str or None, not int."),
        (lambda ada: ada.messages.archive(1), "archive: 'ids' takes several ids, such as [1, 2], not int."),
        (lambda ada: ada.messages.archive("12"), "archive: 'ids' takes several ids, such as [1, 2], not str."),
        (lambda ada: ada.messages.archive(["1"]), "archive: 'ids' takes several ids, such as [1, 2], not list."),
        (lambda ada: ada.messages.get("1"), "get: 'message_id' takes an int, not str."),
        (lambda ada: ada.messages.get(True), "get: 'message_id' takes an int, not bool."),
        (lambda ada: ada.tags.create(7), "create: 'name' takes a str, not int."),
        (lambda ada: ada.search(None), "search: 'query' takes "),
        (lambda ada: ada.search("", limit="5"), "search: 'limit' takes an int, not str."),
        (lambda ada: ada.rules.save("bills"), "save: 'rule' takes a Rule, not str."),
        (lambda ada: ada.rules.get(None), "get: 'rule' takes a str or an int, not None."),
        (lambda ada: ada.undo("3"), "undo: 'change' takes "),
        (lambda ada: Rule("a", when=None), "Rule: 'when' takes a str, not None."),
        (lambda ada: Rule(7), "Rule: 'name' takes a str, not int."),
        (lambda ada: Rule("a", then=5), "Rule: 'then' takes a str or an Action or several values"),
        (lambda ada: Rule("a", then={"tag": "bills"}), "Rule: 'then' takes a str or an Action or several values"),
        (lambda ada: Rule("a", then=["keep"], account_id="1"), "Rule: 'account_id' takes an int"),
        (lambda ada: ada.accounts.add("imaps://x", addresses="a@x.example"), "add: 'addresses' takes several texts"),
    ],
)  # fmt: skip
def test_what_strangers_wrote(call: Any, sentence: str, ada: OwnerServices) -> None:
    with pytest.raises(InvalidError) as caught:
        call(ada)

    assert str(caught.value).startswith(sentence)


def test_short_forms_of_actions_stay() -> None:
    assert Rule("a", then="keep").then == Rule("a", then=Action("keep")).then == (Action("keep"),)
    assert Rule("a", then=(("tag", "x"), "stop")).then == (Action("tag", "x"), Action("stop"))
    assert Rule("a", then=(one for one in ["keep"])).then == (Action("keep"),)


def test_an_id_may_be_any_whole_number(ada: OwnerServices) -> None:
    class Numpy:
        def __index__(self) -> int:
            return 7

    with pytest.raises(Exception) as caught:  # noqa: PT011 - that the kind is none of the reasons
        ada.messages.get(Numpy())  # type: ignore[arg-type]

    assert getattr(caught.value, "code", "") != "argument"


def test_every_parameter_is_judged_by_the_door_or_by_its_call() -> None:
    assert {name for _, name in ASKED} >= JUDGED_LATER
    assert len([one for one in ASKED if one[1] not in JUDGED_LATER]) > 150
