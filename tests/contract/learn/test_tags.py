"""Tags are suggested from those that the owner set and refused."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import NotFoundError
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


def test_without_tags_nothing_is_suggested(ada: Pupil) -> None:
    assert ada.learning.suggest_tags([ada.mail(1, spam=True)]) == ()


def test_foreign_mail_is_not_found(ada: Pupil) -> None:
    with pytest.raises(NotFoundError):
        ada.learning.suggest_tags([12_345])
