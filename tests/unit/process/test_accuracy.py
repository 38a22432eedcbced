"""How often the built-in judges agree with people; the thresholds stand a little below what was measured."""

from __future__ import annotations

import pytest

from mailhelper_core.model.opinion import Opinion
from mailhelper_core.process.builtin import judge
from tests.unit.process.mails import Labelled, labelled


@pytest.fixture(scope="module")
def judged() -> list[tuple[Labelled, dict[str, Opinion]]]:
    return [(one, {opinion.kind: opinion for opinion in judge(one.message)}) for one in labelled()]


def share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


@pytest.mark.parametrize(
    ("kind", "least"), [("category", 0.9), ("language", 0.9), ("urgency", 0.8), ("importance", 0.8)]
)
def test_the_labels_of_people_are_met(judged, kind, least):
    asked = [(getattr(one, kind), said.get(kind)) for one, said in judged if getattr(one, kind) is not None]

    assert share([opinion is not None and opinion.value == str(label) for label, opinion in asked]) >= least


@pytest.mark.parametrize("kind", ["urgency", "importance"])
def test_no_level_is_two_away_from_a_persons(judged, kind):
    asked = [(getattr(one, kind), said[kind]) for one, said in judged if getattr(one, kind) and kind in said]

    assert all(abs(label - int(opinion.value)) <= 1 for label, opinion in asked)


def test_spam_is_found_and_nothing_else_is_called_spam(judged):
    spam = {one.message.subject for one, said in judged if "spam" in said and said["spam"].value == "yes"}

    assert spam == {one.message.subject for one, _ in judged if one.spam}
