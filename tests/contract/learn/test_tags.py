"""Tags are suggested from those that the owner set and refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from mailhelper_core.accounts.owner_settings import OwnerSettingsService
from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Sureness
from mailhelper_core.errors import NotFoundError
from mailhelper_core.learn.tags import _said
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import examples, models
from mailhelper_core.store.schema.kin import children
from mailhelper_core.store.work import changes, pending
from mailhelper_core.tags.service import TagManager
from tests.contract.learn.pupil import Pupil


def test_a_mail_like_those_with_a_tag_gets_it_suggested(ada: Pupil) -> None:
    tags = TagManager(ada.owner)
    tags.assign([ada.mail(number, spam=False) for number in range(8)], "work")
    tags.assign([ada.mail(number, spam=True) for number in range(20, 28)], "offers")
    new = ada.mail(900, spam=False)

    found = ada.learning.suggest_tags([new])

    assert [(one.message_id, one.name) for one in found] == [(new, "work")]


def test_a_refused_tag_is_not_suggested_again(ada: Pupil) -> None:
    tags = TagManager(ada.owner)
    tags.assign([ada.mail(number, spam=False) for number in range(8)], "work")
    tags.assign([ada.mail(number, spam=True) for number in range(20, 28)], "offers")
    new = ada.mail(900, spam=False)
    ada.learning.suggest_tags([new])
    tags.reject("work", [new])

    found = ada.learning.suggest_tags([new])

    assert "work" not in {one.name for one in found}


def test_the_last_word_about_a_tag_is_what_teaches(ada: Pupil) -> None:
    tags, ids = TagManager(ada.owner), [ada.mail(number, spam=False) for number in range(6)]
    tags.assign(ids[:4], "work")
    tags.reject("work", [ids[4]])
    tags.assign([ids[4]], "work")
    tags.propose([SuggestedTag(ids[5], "work", 0.9, "somebody")])
    tags.accept("work", [ids[5]])
    tags.unassign([ids[5]], "work")

    with ada.owner.read() as uow:
        assert _said(uow) == {"work": (ids[:5], [])}


def test_damaged_features_of_tagged_mail_are_made_again(ada: Pupil) -> None:
    tags, ids = TagManager(ada.owner), [ada.mail(number, spam=False) for number in range(8)]
    tags.assign(ids, "work")
    tags.assign([ada.mail(number, spam=True) for number in range(20, 28)], "offers")
    with ada.owner.begin() as uow:
        examples.put_features(uow, {ids[0]: b"soup"}, gate.feature_schema())
    new = ada.mail(900, spam=False)

    found = ada.learning.suggest_tags([new])

    assert [one.name for one in found] == ["work"]


def test_without_tags_nothing_is_suggested(ada: Pupil) -> None:
    assert ada.learning.suggest_tags([ada.mail(1, spam=True)]) == ()


def test_foreign_mail_is_not_found(ada: Pupil) -> None:
    with pytest.raises(NotFoundError):
        ada.learning.suggest_tags([12_345])


def _taught(ada: Pupil, count: int) -> TagManager:
    tags = TagManager(ada.owner)
    tags.assign([ada.mail(number, spam=False) for number in range(count)], "work")
    tags.assign([ada.mail(number, spam=True) for number in range(1_000, 1_000 + count)], "offers")
    return tags


def _arrive(ada: Pupil, number: int, *, spam: bool) -> int:
    """Let a mail come that is processed and that the rules have not seen."""
    id_ = ada.mail(number, spam=spam)
    ada.judge(id_)
    with ada.owner.begin() as uow:
        pending.add(uow, "rules", ada.account_id, [id_])
    return id_


def test_without_a_budget_of_errors_no_tag_is_set(ada: Pupil) -> None:
    tags = _taught(ada, 40)
    new = _arrive(ada, 5_000, spam=False)

    assert ada.learning.tag_new(ada.account_id) == 0
    assert new not in tags.assigned([new], "work")
    assert [one.name for one in tags.suggest([new])] == ["work"]


def test_a_sure_tag_is_set_within_the_budget_and_says_who_set_it(ada: Pupil) -> None:
    tags = _taught(ada, 40)
    OwnerSettingsService(ada.owner).update(tag_errors=0.1)
    new = _arrive(ada, 5_000, spam=False)

    assert ada.learning.tag_new(ada.account_id) == 1

    assigned = tags.assigned([new], "work")[new]
    assert assigned.set_by == "classifier"
    assert assigned.confidence is not None
    with ada.owner.begin() as uow:
        told = {entry.decided_by for change in changes.page(uow).items for entry in change}
    assert told == {"owner", "classifier"}


def test_thresholds_of_scores_of_before_are_made_again(ada: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    _taught(ada, 40)
    OwnerSettingsService(ada.owner).update(tag_errors=0.1)
    with monkeypatch.context() as before:
        before.setattr("mailhelper_core.learn.tag_sureness.SAID_BY", "learned 2")
        before.setattr(gate, "sureness", lambda *_, **__: {"work": Sureness(1.0, 20.0, 0.0)})
        _arrive(ada, 5_000, spam=False)
        ada.learning.tag_new(ada.account_id)

    offer = _arrive(ada, 5_001, spam=True)
    ada.learning.tag_new(ada.account_id)

    with ada.owner.read() as uow:
        made = [json.loads(one.data) for one in models.of(uow, "tags") if one.state == "live"]
    assert [one["of"]["said_by"] for one in made] == ["learned 3"]
    assert made[0]["sure"]["work"][-1] >= 0.9
    assert offer not in TagManager(ada.owner).assigned([offer], "work")


def test_few_examples_prove_nothing_and_the_tag_is_asked_about(ada: Pupil) -> None:
    tags = _taught(ada, 8)
    OwnerSettingsService(ada.owner).update(tag_errors=0.02)
    new = _arrive(ada, 5_000, spam=False)

    assert ada.learning.tag_new(ada.account_id) == 0
    assert [one.name for one in tags.suggest([new])] == ["work"]


def test_what_was_set_without_asking_teaches_nothing_and_taking_it_off_teaches_the_opposite(ada: Pupil) -> None:
    tags = _taught(ada, 40)
    OwnerSettingsService(ada.owner).update(tag_errors=0.1)
    new = _arrive(ada, 5_000, spam=False)
    ada.learning.tag_new(ada.account_id)
    assert new not in {one.message_id for one in tags.examples("work")}

    tags.unassign([new], "work")

    assert [(one.message_id, one.is_positive) for one in tags.examples("work")] == [(new, False)]
    assert "work" not in {one.name for one in ada.learning.suggest_tags([new])}


def test_one_tag_alone_is_not_suggested_for_everything(ada: Pupil) -> None:
    TagManager(ada.owner).assign([ada.mail(number, spam=False) for number in range(12)], "work")
    others = [ada.mail(number, spam=True) for number in range(2_000, 2_012)]

    assert ada.learning.suggest_tags(others) == ()


def test_groups_of_mail_without_a_tag_are_proposed_under_a_name_of_their_own(ada: Pupil) -> None:
    for number in range(8):
        ada.message(f"Sailing club regatta {number}", "the sailing club meets at the harbour for the regatta")
    for number in range(12):
        ada.mail(number, spam=bool(number % 2))

    found = ada.learning.propose_tags()

    names = {one.name for one in found}
    assert any(set(name.split()) & {"sailing", "club", "regatta", "harbour"} for name in names)
    assert {one.name for one in TagManager(ada.owner).queue()} == names
    assert all(one.is_new for one in TagManager(ada.owner).queue())


def test_a_tag_that_was_renamed_is_set_as_before_and_a_new_one_of_its_name_is_not(
    ada: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    tags = _taught(ada, 20)
    OwnerSettingsService(ada.owner).update(tag_errors=0.1)
    sets = Sureness(1.0, 0.0, 0.0)
    monkeypatch.setattr(gate, "sureness", lambda sides, *_, **__: {n: sets for n in sides if len(sides[n][0]) > 5})
    _arrive(ada, 5_000, spam=False)
    ada.learning.tag_new(ada.account_id)

    tags.rename("work", "past work")
    tags.assign([ada.mail(number, spam=True) for number in range(2_000, 2_003)], "work")
    new = [_arrive(ada, 5_001, spam=False), _arrive(ada, 5_002, spam=True)]
    ada.learning.tag_new(ada.account_id)

    assert list(tags.assigned(new, "past work")) == new[:1]
    assert list(tags.assigned(new, "work")) == []


DEEDS: dict[str, Callable[[TagManager, int], object]] = {
    "reject": lambda tags, id_: tags.reject("work", [id_]),
    "delete": lambda tags, _: tags.delete("work"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_the_owner_says_while_a_tag_is_made_sure_of_holds(
    ada: Pupil, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    tags, seek = _taught(ada, 40), gate.suggest
    OwnerSettingsService(ada.owner).update(tag_errors=0.1)
    new = _arrive(ada, 5_000, spam=False)

    def and_then_the_owner_speaks(*args: Any, **options: Any) -> Any:
        found = seek(*args, **options)
        DEEDS[deed](tags, new)
        return found

    monkeypatch.setattr(gate, "suggest", and_then_the_owner_speaks)

    assert ada.learning.tag_new(ada.account_id) == 0
    assert ada.see(new).tags == ()
    assert ("work" in {one.name for one in tags.list()}) is (deed == "reject")


def test_a_message_that_is_erased_while_tags_are_sought_costs_the_others_nothing(
    ada: Pupil, monkeypatch: pytest.MonkeyPatch
) -> None:
    _taught(ada, 8)
    new, seek = [_arrive(ada, number, spam=False) for number in (5_000, 5_001)], gate.suggest

    def and_then_one_is_erased(*args: Any, **options: Any) -> Any:
        found = seek(*args, **options)
        with ada.owner.begin() as uow:
            for column, table in children(t.messages):
                uow.execute(delete(table).where(column == new[0]))
            uow.execute(delete(t.messages).where(t.messages.c.id == new[0]))
        return found

    monkeypatch.setattr(gate, "suggest", and_then_one_is_erased)
    ada.learning.tag_new(ada.account_id)

    assert [one.name for one in TagManager(ada.owner).suggest(new[1:])] == ["work"]


def _sureness(ada: Pupil) -> list[Any]:
    with ada.owner.read() as uow:
        return [json.loads(one.data) for one in models.of(uow, "tags")]


def test_taking_an_example_back_leaves_the_sureness_of_who_never_said_it(ada: Pupil) -> None:
    tags, odd = _taught(ada, 12), [ada.mail(number, spam=True) for number in range(3_000, 3_006)]
    ada.learning.train()
    never = _sureness(ada)
    tags.assign(odd, "work")
    ada.learning.train()
    assert _sureness(ada)[0]["sure"] != never[0]["sure"]

    tags.unassign(odd[:1], "work")
    ada.learning.train()
    assert odd[0] not in _sureness(ada)[0]["said"]["work"][0]
    tags.unassign(odd[1:], "work")
    ada.learning.train()

    assert _sureness(ada) == never


def test_one_more_example_does_not_make_it_again_and_one_less_does(ada: Pupil, monkeypatch: pytest.MonkeyPatch) -> None:
    tags, made = _taught(ada, 12), gate.sureness
    asked: list[int] = []
    monkeypatch.setattr(gate, "sureness", lambda *args, **options: asked.append(1) or made(*args, **options))
    new = ada.mail(900, spam=False)
    ada.learning.suggest_tags([new])
    tags.assign([ada.mail(3_000, spam=False)], "work")
    ada.learning.suggest_tags([new])
    assert len(asked) == 1

    tags.unassign([min(tags.assigned(range(1, 12), "work"))], "work")
    ada.learning.suggest_tags([new])

    assert len(asked) == 2


def test_an_owner_without_tags_gets_no_row(ada: Pupil) -> None:
    ada.learning.suggest_tags([ada.mail(1, spam=True)])

    assert _sureness(ada) == []
