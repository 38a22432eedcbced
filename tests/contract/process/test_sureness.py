"""How sure classifiers are, for lists: of each answer the surest, and of nobody else's messages."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mind.opinion import Classification, Spam, Urgency
from mailhelper_core.process.opinions import OpinionService
from tests.contract.process.hands import always, service


def test_of_each_answer_the_surest_counts(ada):
    ids = [ada.message(), ada.message()]
    surely = {"one": Classification("people", 0.8), "two": Classification("people", 0.95)}
    others = {"three": Classification("finance", 0.85), "four": Urgency(3, 0.75), "five": Spam(False, 0.9)}
    service(ada, *(always(answer, name) for name, answer in (surely | others).items())).process()

    opinions = OpinionService(ada.owner)

    said = {("category", "people"): 0.95, ("category", "finance"): 0.85, ("urgency", "3"): 0.75}
    assert opinions.sureness(ids) == {id_: said for id_ in ids}
    assert opinions.sureness(ids[:1], kinds=["urgency"]) == {ids[0]: {("urgency", "3"): 0.75}}


def test_what_the_owner_alone_says_has_no_number(ada):
    id_ = ada.message()
    service(ada, always(Urgency(1, 0.9))).process()
    opinions = OpinionService(ada.owner)

    opinions.correct([id_], category="finance")

    assert opinions.sureness([id_]) == {id_: {("urgency", "1"): 0.9}}


def test_of_nothing_nothing_is_told_and_anothers_message_is_none(ada, eve):
    mine, theirs = ada.message(), eve.message()
    service(eve, always(Classification("people", 0.9))).process()
    sureness = OpinionService(ada.owner).sureness

    assert sureness([]) == sureness([mine, mine]) == {}
    with pytest.raises(NotFoundError):
        sureness([mine, theirs])
