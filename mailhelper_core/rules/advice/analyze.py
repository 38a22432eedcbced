"""What is wrong with a set of rules, before they act: dead, shadowed, looping, conflicting and costly ones; pure.

A finding is certain where it says that something never happens; loops and conflicts are said of rules that can meet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import EVERYTHING, FIELDS, AllOf, Criteria, Is, fields_used, leaves
from mailhelper_core.model.rules.rule import Action, Finding, Rule, RuleMode
from mailhelper_core.model.rules.tagging import read_tag
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.query.relate import implies, is_impossible
from mailhelper_core.rules.arguments import read_flags, read_mailbox, read_priority
from mailhelper_core.rules.engine import SCRIPTS

# Fields whose answer a rule may change for those behind it.
_CHANGING = frozenset(("in", "is", "keyword", "has", "tag", "urgency", "importance", "score", "priority"))
# Fields whose regular expressions or words are looked for in long texts.
_LONG = frozenset(("body", "any", "header"))
# Pairs of opposed rules that are compared: some seconds; nobody keeps a thousand rules that file mail by hand.
MAX_PAIRS = 20_000
_MOVES = {"archive": "archive", "discard": "trash"}


@dataclass(frozen=True, slots=True)
class Known:
    """A rule with its criteria read; narrowed are the plugin conditions that say what they match."""

    rule: Rule
    criteria: Criteria
    narrowed: frozenset[str] = frozenset()

    @property
    def ends(self) -> bool:
        """Say whether no later rule looks at what it matched."""
        return any(action.name == "stop" for action in self.rule.then)


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
    found += [*shadowed, *_loops(acting), *_conflicts(acting, mode), *_costly(acting)]
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
    return not asked & _CHANGING and asked <= FIELDS.keys()


def _loops(rules: Sequence[Known]) -> Iterator[Finding]:
    """Find circles of moves: each rule takes mail from the mailbox where another puts it."""
    moves = [(source, target, one) for one in rules for target in _targets(one) for source in _sources(one)]
    onward: dict[str, list[tuple[str, Known]]] = defaultdict(list)
    for source, target, one in moves:
        onward[source].append((target, one))
    for source, target, one in moves:
        path = _way_back(target, source, one, onward)
        if path and one.rule.position <= min(step.rule.position for step in path):
            others = ", ".join(repr(step.rule.name) for step in path)
            why = f"it moves mail from {source} to {target}, and {others} moves it back"
            yield Finding("looping", one.rule.name, path[-1].rule.name, why)


def _way_back(start: str, goal: str, first: Known, onward: Mapping[str, Sequence[tuple[str, Known]]]) -> list[Known]:
    """Answer the rules that lead from one mailbox to another, without the first; empty when there is no way."""
    paths: dict[str, list[Known]] = {start: []}
    queue = [start]
    while queue:
        here = queue.pop(0)
        for target, one in onward.get(here, ()):
            if one is not first and target not in paths and _can_meet(first, one):
                paths[target] = [*paths[here], one]
                queue.append(target)
    return paths.get(goal, [])


def _can_meet(one: Known, other: Known) -> bool:
    """Say whether one mail may meet both, once for each place: what does not speak of places must not contradict."""
    if None not in (one.rule.account_id, other.rule.account_id) and one.rule.account_id != other.rule.account_id:
        return False
    fixed = [part for known in (one, other) for part in _parts(known.criteria) if not fields_used(part) & _CHANGING]
    return not is_impossible(AllOf(tuple(fixed)))


def _sources(one: Known) -> Iterator[str]:
    for part in _parts(one.criteria):
        if isinstance(part, Is) and part.field == "in" and not part.prefix:
            yield _mailbox(part.value)


def _targets(one: Known) -> Iterator[str]:
    for action in one.rule.then:
        target = _target(action)
        if target:
            yield target


def _target(action: Action) -> str:
    if action.name == "fileinto":
        return _mailbox(read_mailbox(_argument(action)))
    return _MOVES.get(action.name, "")


def _mailbox(name: str) -> str:
    """Answer a mailbox as rules name it: the usual name of a role is the role."""
    folded = fold(name)
    return next((role for role, usual in ROLE_NAMES.items() if folded in (role, fold(usual))), folded)


def _parts(criteria: Criteria) -> tuple[Criteria, ...]:
    return criteria.parts if isinstance(criteria, AllOf) else (criteria,)


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
        wishes = list(dict.fromkeys(_wishes(one.rule.then)))
        firsts = dict(reversed(wishes))
        for thing, value in wishes:
            if firsts[thing] != value:
                yield one, one, (thing, firsts[thing], value)
            if mode == "all":
                yield from ((had, one, (thing, was, value)) for had, was in by_thing[thing] if was != value)
        if not one.ends:
            for thing, value in wishes:
                by_thing[thing].append((one, value))


def _meet_surely(one: Known, other: Known) -> bool:
    """Say whether one of two rules matches only what the other matches too."""
    accounts = (one.rule.account_id, other.rule.account_id)
    if (None not in accounts and accounts[0] != accounts[1]) or other.rule.otherwise:
        return False
    return implies(one.criteria, other.criteria) or implies(other.criteria, one.criteria)


Wish = tuple[str, str]


def _wishes(then: Iterable[Action]) -> Iterator[Wish]:
    """Yield what actions set, and to what: two values of one thing are a conflict."""
    for action in then:
        read = _WISHES.get(action.name)
        if read is not None:
            yield from read(_argument(action))
        elif _target(action):
            yield "the mailbox", _target(action)


def _argument(action: Action) -> str:
    named = " ".join(f"{key}={value}" for key, value in action.arguments)
    return " ".join(filter(None, (action.argument, named)))


def _flags(text: str, wish: str) -> list[Wish]:
    return [(f"the flag {flag}", wish) for flag in read_flags(text)]


def _levels(text: str) -> list[Wish]:
    levels = read_priority(text)
    found = (("urgency", levels.urgency), ("importance", levels.importance))
    return [(f"the {name}", str(level)) for name, level in found if level is not None]


_WISHES: dict[str, Callable[[str], list[Wish]]] = {
    "addflag": lambda text: _flags(text, "set"),
    "removeflag": lambda text: _flags(text, "unset"),
    "tag": lambda text: [(f"the tag {fold(read_tag(text).name)}", "set")],
    "untag": lambda text: [(f"the tag {fold(read_tag(text).name)}", "unset")],
    "priority": _levels,
}


def _costly(rules: Iterable[Known]) -> Iterator[Finding]:
    for one in rules:
        dear = next((test for test in leaves(one.criteria) if _is_dear(test, one)), None)
        if dear is not None and not any(_is_cheap(part, one) for part in _parts(one.criteria)):
            why = f"{dear.field}{dear.operator} is asked of every mail; add a test that an index answers, such as from:"
            yield Finding("costly", one.rule.name, message=why)


def _is_dear(test: Is, one: Known) -> bool:
    if test.field not in FIELDS:
        return test.field not in one.narrowed
    return test.field == "header" or (test.operator == "~" and test.field in _LONG)


def _is_cheap(part: Criteria, one: Known) -> bool:
    return part != EVERYTHING and not any(_is_dear(test, one) or test.operator == "~" for test in leaves(part))
