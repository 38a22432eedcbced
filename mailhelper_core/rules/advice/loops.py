"""Circles of rules: each sets what another looks for, and that one sets it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from mailhelper_core.model.rules.criteria import AllOf, fields_used
from mailhelper_core.model.rules.rule import Finding
from mailhelper_core.query.relate import is_impossible
from mailhelper_core.rules.advice.known import CHANGING, MAILBOX, Known, Wish, found_as, parts, wishes

# From how a rule finds a thing to what it makes of it.
Step = tuple[Wish, Known]


def loops(rules: Sequence[Known]) -> Iterator[Finding]:
    """Find circles of moves, flags, tags and levels; a rule that opens one is told of once for each thing."""
    steps = [
        (source, target, one)
        for one in rules
        for source in found_as(one.criteria)
        for target in wishes(one.rule.then)
        if source[0] == target[0] and source != target
    ]
    onward: dict[Wish, list[Step]] = defaultdict(list)
    for source, target, one in steps:
        onward[source].append((target, one))
    for source, target, one in steps:
        path = _way_back(target, source, one, onward)
        if path and one.rule.position <= min(step.rule.position for step in path):
            thing, others = source[0], ", ".join(repr(step.rule.name) for step in path)
            why = f"it turns {thing} from {source[1]} to {target[1]}, and {others} turns it back"
            if thing == MAILBOX:
                why = f"it moves mail from {source[1]} to {target[1]}, and {others} moves it back"
            yield Finding("looping", one.rule.name, path[-1].rule.name, why)


def _way_back(start: Wish, goal: Wish, first: Known, onward: Mapping[Wish, Sequence[Step]]) -> list[Known]:
    """Answer the rules that lead from one state to another, without the first; empty when there is no way."""
    paths: dict[Wish, list[Known]] = {start: []}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for target, one in onward.get(here, ()):
            if one is not first and target not in paths and _can_meet(first, one):
                paths[target] = [*paths[here], one]
                queue.append(target)
    return paths.get(goal, [])


def _can_meet(one: Known, other: Known) -> bool:
    """Say whether one mail may meet both, at different times: what does not change must not contradict."""
    if None not in (one.rule.account_id, other.rule.account_id) and one.rule.account_id != other.rule.account_id:
        return False
    fixed = [part for known in (one, other) for part in parts(known.criteria) if not fields_used(part) & CHANGING]
    return not is_impossible(AllOf(tuple(fixed)))
