"""Suggest rules from what the owner does by hand: where the mail of a list, a sender or a domain is put; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.model.rules.rule import Action, Rule, RuleSuggestion
from mailhelper_core.query.relate import implies
from mailhelper_core.query.write import write_test
from mailhelper_core.rules.advice.analyze import Known
from mailhelper_core.store.mind.habits import Trait

Deed = Literal["fileinto", "archive", "discard", "tag"]

# Fewer say nothing: the learner of tags, too, begins at five examples.
MIN_SUPPORT = 5
# One in ten may be an exception that the owner made.
MIN_PRECISION = 0.9
# What one person reads.
MAX_SUGGESTIONS = 20

_OPERATORS: dict[Trait, Literal[":", "="]] = {"list": "=", "from": "=", "domain": "="}
_WORDS: dict[Trait, str] = {"list": "of the list", "from": "from", "domain": "from the domain"}
_DONE: dict[Deed, str] = {
    "fileinto": "lie in {}", "archive": "are archived", "discard": "are in the trash", "tag": "bear the tag {}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habit:
    """How often mail with a trait was treated in one way, and how much of such mail there is."""

    trait: Trait
    value: str
    deed: Deed
    target: str
    support: int
    total: int


def suggest(habits: Iterable[Habit], rules: Sequence[Known]) -> tuple[RuleSuggestion, ...]:
    """Answer rules for habits that are frequent and clear, the best first; none that a rule has already.

    What a list explains is not suggested again for its sender, nor for the sender's domain.
    """
    clear = [one for one in habits if one.support >= MIN_SUPPORT and one.support >= MIN_PRECISION * one.total]
    best = sorted(clear, key=lambda one: (-one.support, _ORDER[one.trait], one.value, one.deed, one.target))
    found: list[tuple[Habit, RuleSuggestion]] = []
    for habit in best:
        suggestion = _suggestion(habit)
        explained = any(_explains(other, habit) for other, _ in found)
        if not explained and not any(_does_it(known, habit, suggestion.rule) for known in rules):
            found.append((habit, suggestion))
    return tuple(suggestion for _, suggestion in found[:MAX_SUGGESTIONS])


_ORDER: dict[Trait, int] = {"list": 0, "from": 1, "domain": 2}


def _suggestion(habit: Habit) -> RuleSuggestion:
    test = _test(habit)
    then = Action(habit.deed, habit.target) if habit.deed in ("fileinto", "tag") else Action(habit.deed)
    # What lies elsewhere was put there on purpose.
    when = f"{write_test(test)} in:inbox" if habit.deed != "tag" else write_test(test)
    name = f"{habit.value} -> {habit.target or habit.deed}"[:100]
    reason = (
        f"{habit.support} of {habit.total} mails {_WORDS[habit.trait]} {habit.value} "
        f"{_DONE[habit.deed].format(habit.target)}."
    )
    return RuleSuggestion(Rule(name, when, [then]), habit.support, habit.total, reason)


def _test(habit: Habit) -> Is:
    return Is(habit.trait, _OPERATORS[habit.trait], habit.value)


def _explains(found: Habit, habit: Habit) -> bool:
    """Say whether the same deed on about the same mail was suggested by a trait that says more."""
    is_same_deed = (found.deed, found.target) == (habit.deed, habit.target)
    is_wider = found.trait == "domain" and habit.value.endswith(f"@{found.value}")
    return is_same_deed and (is_wider or (found.trait != habit.trait and found.support == habit.support))


def _does_it(known: Known, habit: Habit, rule: Rule) -> bool:
    is_same = any(action.name == habit.deed and action.argument == habit.target for action in known.rule.then)
    return is_same and known.rule.enabled and _covers(known, habit)


def _covers(known: Known, habit: Habit) -> bool:
    parts = getattr(known.criteria, "parts", (known.criteria,))
    wanted = [part for part in parts if not (isinstance(part, Is) and part.field == "in")]
    return all(implies(_test(habit), part) for part in wanted)
