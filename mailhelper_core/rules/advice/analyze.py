"""What is wrong with a set of rules, before they act: dead, shadowed, looping, conflicting and costly ones; pure.

A finding is certain where it says that something never happens; loops and conflicts are said of rules that can meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from mailhelper_core.model.rules.criteria import EVERYTHING, FIELDS, Criteria, Is, fields_used, leaves
from mailhelper_core.model.rules.rule import Finding, RuleMode
from mailhelper_core.query.relate import implies, is_impossible
from mailhelper_core.rules.advice.known import CHANGING, Known, parts, wishes
from mailhelper_core.rules.advice.loops import loops
from mailhelper_core.rules.engine import SCRIPTS

# Fields whose regular expressions or words are looked for in long texts.
_LONG = frozenset(("body", "any", "header"))
# Pairs of opposed rules that are compared: some seconds; nobody keeps a thousand rules that file mail by hand.
MAX_PAIRS = 20_000


def analyze(rules: Sequence[Known], *, mode: RuleMode = "all") -> tuple[Finding, ...]:
    """Answer what is wrong with rules in their order; those that are switched off are left out."""
    active = [one for one in rules if one.rule.enabled]
    dead = {one.rule.name for one in active if is_impossible(one.criteria)}
    alive = [one for one in active if one.rule.name not in dead]
    found = [
        Finding("dead", name, message="its criteria contradict each other: no mail can meet them") for name in dead
    ]
    shadowed = list(_shadowed(alive, mode))
    hidden = {finding.rule for finding in shadowed}
    acting = [one for one in alive if one.rule.name not in hidden]
    found += [*shadowed, *loops(acting), *_conflicts(acting, mode), *_costly(acting)]
    position = {one.rule.name: number for number, one in enumerate(rules)}
    return tuple(sorted(found, key=lambda finding: position[finding.rule]))


def _shadowed(rules: Sequence[Known], mode: RuleMode) -> Iterator[Finding]:
    for number, later in enumerate(rules):
        for before, earlier in enumerate(rules[:number]):
            ends = earlier.ends or mode == "first" or later.rule.otherwise
            is_next = number == before + 1
            if ends and _covers(earlier, later) and (is_next or _nothing_changes(earlier, later)):
                why = f"all that it can match, {earlier.rule.name!r} matches before and ends there"
                yield Finding("shadowed", later.rule.name, earlier.rule.name, why)
                break


def _covers(earlier: Known, later: Known) -> bool:
    rule = earlier.rule
    if rule.account_id not in (None, later.rule.account_id) or rule.otherwise or rule.delay or rule.schedule:
        return False
    if all(action.name in SCRIPTS for action in rule.then):
        return False  # what it matches it may leave to the next rule
    return implies(later.criteria, earlier.criteria)


def _nothing_changes(earlier: Known, later: Known) -> bool:
    """Say whether no rule between the two can make the later one match what the earlier one did not."""
    asked = fields_used(earlier.criteria) | fields_used(later.criteria)
    return not asked & CHANGING and asked <= FIELDS.keys()


def _conflicts(rules: Sequence[Known], mode: RuleMode) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for one, other, wish in islice(_opposed(rules, mode), MAX_PAIRS):
        thing, wanted, value = wish
        pair = (one.rule.name, "" if one is other else other.rule.name)
        if pair not in told and (one is other or _meet_surely(one, other)):
            told.add(pair)
            who = "an action of its own" if one is other else repr(other.rule.name)
            yield Finding("conflicting", *pair, f"it wants {thing} {wanted}, and {who} wants it {value}")


def _opposed(rules: Sequence[Known], mode: RuleMode) -> Iterator[tuple[Known, Known, tuple[str, str, str]]]:
    """Yield rules (or one and itself) that set one thing to two values, and which."""
    by_thing: dict[str, list[tuple[Known, str]]] = defaultdict(list)
    for one in rules:
        wanted = list(dict.fromkeys(wishes(one.rule.then)))
        firsts = dict(reversed(wanted))
        for thing, value in wanted:
            if firsts[thing] != value:
                yield one, one, (thing, firsts[thing], value)
            if mode == "all":
                yield from ((had, one, (thing, was, value)) for had, was in by_thing[thing] if was != value)
        if not one.ends:
            for thing, value in wanted:
                by_thing[thing].append((one, value))


def _meet_surely(one: Known, other: Known) -> bool:
    """Say whether one of two rules matches only what the other matches too."""
    accounts = (one.rule.account_id, other.rule.account_id)
    if (None not in accounts and accounts[0] != accounts[1]) or other.rule.otherwise:
        return False
    return implies(one.criteria, other.criteria) or implies(other.criteria, one.criteria)


def _costly(rules: Iterable[Known]) -> Iterator[Finding]:
    for one in rules:
        dear = next((test for test in leaves(one.criteria) if _is_dear(test, one)), None)
        if dear is not None and not any(_is_cheap(part, one) for part in parts(one.criteria)):
            why = f"{dear.field}{dear.operator} is asked of every mail; add a test that an index answers, such as from:"
            yield Finding("costly", one.rule.name, message=why)


def _is_dear(test: Is, one: Known) -> bool:
    if test.field not in FIELDS:
        return test.field not in one.narrowed
    return test.field == "header" or (test.operator == "~" and test.field in _LONG)


def _is_cheap(part: Criteria, one: Known) -> bool:
    return part != EVERYTHING and not any(_is_dear(test, one) or test.operator == "~" for test in leaves(part))
