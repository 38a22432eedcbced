"""How sure it is what lists show: of who says it, of nobody else."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mind.opinion import Classification, Spam, Urgency
from mailhelper_core.process.opinions import OpinionService
from tests.contract.process.hands import always, service


def test_the_surest_who_says_what_is_shown_counts_and_nobody_who_says_something_else(ada):
    ids = [ada.message(), ada.message()]
    surely = {"one": Classification("people", 0.8), "two": Classification("people", 0.95)}
    others = {"three": Classification("finance", 0.85), "four": Urgency(3, 0.75), "five": Spam(False, 0.9)}
    service(ada, *(always(answer, name) for name, answer in (surely | others).items())).process()

    found = OpinionService(ada.owner).sureness(ids)

    assert {ada.see(id_).category for id_ in ids} == {"people"}
    assert found == {id_: {"category": 0.95, "urgency": 0.75} for id_ in ids}


def test_what_the_owner_alone_says_has_no_number(ada):
    id_ = ada.message()
    service(ada, always(Classification("people", 0.95)), always(Urgency(1, 0.9), "levels")).process()

    opinions = OpinionService(ada.owner)
    opinions.correct([id_], category="finance")

    assert opinions.sureness([id_]) == {id_: {"urgency": 0.9}}


def test_of_no_opinion_nothing_is_told_and_of_anothers_message_neither(ada, eve):
    mine, theirs = ada.message(), eve.message()

    assert OpinionService(ada.owner).sureness([mine, mine]) == {mine: {}}
    assert OpinionService(ada.owner).sureness([]) == {}
    for ids in ([theirs], [mine, theirs], [0]):
        with pytest.raises(NotFoundError):
            OpinionService(ada.owner).sureness(ids)
