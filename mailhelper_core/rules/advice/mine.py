"""Suggest rules from what the owner does by hand: where the mail of a list, a sender or a domain is put; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import AllOf, Criteria, Is
from mailhelper_core.model.rules.rule import Action, Rule, RuleSuggestion
from mailhelper_core.query.relate import implies
from mailhelper_core.query.write import write_test
from mailhelper_core.rules.advice.known import Known
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


# What is left of a habit without the mail that some rules match.
Left = Callable[[Habit, Sequence[Known]], Habit]


def _all_of_it(habit: Habit, _rules: Sequence[Known]) -> Habit:
    return habit


def suggest(habits: Iterable[Habit], rules: Sequence[Known], left: Left = _all_of_it) -> tuple[RuleSuggestion, ...]:
    """Answer rules for habits that are frequent and clear, the best first.

    Mail that a rule treats so already, or one that is suggested before, speaks for no other: what a list explains is
    not suggested again for its sender, nor for the sender's domain, unless the rest of their mail says it too.
    """
    best = sorted(
        filter(_is_clear, habits), key=lambda one: (-one.support, _ORDER[one.trait], one.value, one.deed, one.target)
    )
    found: list[RuleSuggestion] = []
    acting = list(rules)
    for habit in best:
        doing = [known for known in acting if _does_it(known, habit)]
        if any(_covers(known, habit) for known in doing) or (doing and not _is_clear(left(habit, doing))):
            continue
        suggestion = _suggestion(habit)
        found.append(suggestion)
        if len(found) == MAX_SUGGESTIONS:
            break
        acting.append(Known(suggestion.rule, _test(habit)))
    return tuple(found)


def arriving(criteria: Criteria) -> Criteria:
    """Answer what a rule asks of mail besides that it has just come: what was put elsewhere has left the inbox."""
    parts = criteria.parts if isinstance(criteria, AllOf) else (criteria,)
    kept = tuple(part for part in parts if not _is_inbox(part))
    return kept[0] if len(kept) == 1 else AllOf(kept)


def _is_inbox(part: Criteria) -> bool:
    return isinstance(part, Is) and part.field == "in" and not part.prefix and fold(part.value) == "inbox"


def _is_clear(habit: Habit) -> bool:
    return habit.support >= MIN_SUPPORT and habit.support >= MIN_PRECISION * habit.total


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


def _does_it(known: Known, habit: Habit) -> bool:
    """Say whether a rule does the deed of a habit, whatever mail it does it to."""
    wanted = _named(habit.deed, habit.target)
    return known.rule.enabled and any(_named(one.name, one.argument) == wanted for one in known.rule.then)


def _named(deed: str, target: str) -> tuple[str, str]:
    return (deed, fold(target) if deed == "tag" else target)


def _covers(known: Known, habit: Habit) -> bool:
    """Say whether a rule surely matches all mail of a habit."""
    return known.rule.account_id is None and implies(_test(habit), arriving(known.criteria))
