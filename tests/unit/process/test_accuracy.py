"""How often the built-in judges agree with people; every threshold stands a little below what was measured.

Measured on 1,200 generated mails a template set: words and weights were tuned with "a" and the hand-labelled mails,
a little with "c"; "b" and "d" have other wording and senders and were only ever looked at as these figures.

    wanted mail        a      b      c      d
    category right     .980   .844   .855   .821
    of those answered  .984   .919   .926   .907
    urgency within 1   .974   .942   .935   .913
    importance within  .956   .947   .951   .931
    spam precision     1.0    1.0    1.0    1.0
    spam recall        .33    .46    .47    .45
    language right     .965   .956   .933   .945   (wrong: none)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pytest

from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process.builtin import judge
from tests.unit.process.mails import Labelled, generated, labelled


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with what people and what the judges say."""

    truth: Labelled
    said: dict[str, Opinion]

    def value(self, kind: str) -> str | None:
        return self.said[kind].value if kind in self.said else None

    def is_right(self, kind: str) -> bool:
        return self.value(kind) == str(getattr(self.truth, kind))

    def is_near(self, kind: str) -> bool:
        return kind in self.said and abs(int(self.said[kind].value) - getattr(self.truth, kind)) <= 1


def judged(mails: Iterable[Labelled]) -> list[Judged]:
    return [Judged(one, {opinion.kind: opinion for opinion in judge(one.message)}) for one in mails]


@cache
def made_from(templates: str) -> list[Judged]:
    """Generated mails of a template set with what the judges say, made once."""
    return judged(generated(templates, seed=7, count=300))


@pytest.fixture(scope="module")
def by_hand() -> list[Judged]:
    return judged(labelled())


@pytest.fixture(params=["a", "b", "c", "d"])
def made(request: pytest.FixtureRequest) -> list[Judged]:
    return made_from(request.param)


def share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found)


@pytest.mark.parametrize(
    ("kind", "least"), [("category", 0.9), ("language", 0.9), ("urgency", 0.8), ("importance", 0.8)]
)
def test_the_labels_of_people_are_met(by_hand, kind, least):
    assert share(one.is_right(kind) for one in by_hand if getattr(one.truth, kind) is not None) >= least


@pytest.mark.parametrize("kind", ["urgency", "importance"])
def test_no_level_is_two_away_from_a_persons(by_hand, kind):
    assert all(one.is_near(kind) for one in by_hand if getattr(one.truth, kind) and kind in one.said)


def test_hand_labelled_spam_is_found_and_nothing_else_is_called_spam(by_hand):
    spam = {one.truth.message.subject for one in by_hand if one.value("spam") == "yes"}

    assert spam == {one.truth.message.subject for one in by_hand if one.truth.spam}


@pytest.mark.parametrize(
    ("templates", "right", "of_answered"), [("a", 0.95, 0.96), ("b", 0.78, 0.87), ("c", 0.78, 0.87), ("d", 0.75, 0.85)]
)
def test_categories_of_generated_mail(templates, right, of_answered):
    wanted = [one for one in made_from(templates) if not one.truth.spam]

    assert share(one.is_right("category") for one in wanted) >= right
    assert share(one.is_right("category") for one in wanted if "category" in one.said) >= of_answered


@pytest.mark.parametrize("kind", ["urgency", "importance"])
def test_levels_of_generated_mail_are_within_one(made, kind):
    assert share(one.is_near(kind) for one in made if not one.truth.spam) >= 0.9


def test_generated_spam_is_called_spam_only_where_it_is(made):
    called = [one for one in made if one.value("spam") == "yes"]

    assert share(one.truth.spam for one in called) >= 0.97
    assert share(one.value("spam") == "yes" for one in made if one.truth.spam) >= 0.2


def test_the_language_of_generated_mail_is_right_or_left_open(made):
    assert share(one.is_right("language") for one in made) >= 0.9
    assert share(one.is_right("language") for one in made if "language" in one.said) >= 0.99


@pytest.mark.parametrize(("at_least", "right"), [(0.9, 0.9), (0.7, 0.75)])
def test_confidence_in_categories_is_honest_on_wording_never_seen(at_least, right):
    wanted = [one for one in made_from("b") if not one.truth.spam]
    sure = [one for one in wanted if "category" in one.said and one.said["category"].confidence >= at_least]

    assert share(one.is_right("category") for one in sure) >= right
