"""Rules as they are analyzed: what their criteria are made of, and what their actions want."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import PLACE_STATES, AllOf, Criteria, Is, Not
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.rules.tagging import read_tag
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.rules.arguments import read_flags, read_mailbox, read_priority

# Fields whose answer a rule may change for those behind it.
CHANGING = frozenset(("in", "is", "keyword", "has", "tag", "suggested", "urgency", "importance", "score", "priority"))
_MOVES = {"archive": "archive", "discard": "trash"}
# A thing that actions set, and to what.
Wish = tuple[str, str]
MAILBOX = "the mailbox"


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


def parts(criteria: Criteria) -> tuple[Criteria, ...]:
    """Answer what must all hold."""
    return criteria.parts if isinstance(criteria, AllOf) else (criteria,)


def wishes(then: Iterable[Action]) -> Iterator[Wish]:
    """Yield what actions set, and to what: two values of one thing are a conflict."""
    for action in then:
        read = _WISHES.get(action.name)
        if read is not None:
            yield from read(_argument(action))
        elif _target(action):
            yield MAILBOX, _target(action)


def _argument(action: Action) -> str:
    named = " ".join(f"{key}={value}" for key, value in action.arguments)
    return " ".join(filter(None, (action.argument, named)))


def _flags(text: str, wish: str) -> list[Wish]:
    return [(f"the flag {flag}", wish) for flag in read_flags(text)]


def _tag(text: str, wish: str) -> list[Wish]:
    return [(f"the tag {fold(read_tag(text).name)}", wish)]


def _levels(text: str) -> list[Wish]:
    levels = read_priority(text)
    found = (("urgency", levels.urgency), ("importance", levels.importance))
    return [(f"the {name}", str(level)) for name, level in found if level is not None]


_WISHES: dict[str, Callable[[str], list[Wish]]] = {
    "addflag": lambda text: _flags(text, "set"),
    "removeflag": lambda text: _flags(text, "unset"),
    "setflag": lambda text: _flags(text, "set"),
    "tag": lambda text: _tag(text, "set"),
    "untag": lambda text: _tag(text, "unset"),
    "priority": _levels,
}


def _target(action: Action) -> str:
    if action.name == "fileinto":
        return mailbox(read_mailbox(_argument(action)))
    return _MOVES.get(action.name, "")


def mailbox(name: str) -> str:
    """Answer a mailbox as rules name it: the usual name of a role is the role."""
    folded = fold(name)
    return next((role for role, usual in ROLE_NAMES.items() if folded in (role, fold(usual))), folded)


def found_as(criteria: Criteria) -> Iterator[Wish]:
    """Yield how criteria want to find what actions set."""
    for part in parts(criteria):
        yield from _asked(part.part, is_met=False) if isinstance(part, Not) else _asked(part, is_met=True)


def _asked(test: Criteria, *, is_met: bool) -> Iterator[Wish]:
    if not isinstance(test, Is) or test.prefix or test.operator not in (":", "=") or not test.value:
        return
    if test.field == "is" and test.value in PLACE_STATES:
        flag, wanted = PLACE_STATES[test.value]
        yield from _flags(flag, "set" if wanted == is_met else "unset")
    elif test.field in ("keyword", "tag"):
        yield from _READ[test.field](test.value, "set" if is_met else "unset")
    elif is_met and test.field == "in":
        yield MAILBOX, mailbox(test.value)
    elif is_met and test.field in ("urgency", "importance"):
        yield f"the {test.field}", test.value


_READ: dict[str, Callable[[str, str], list[Wish]]] = {"keyword": _flags, "tag": _tag}
