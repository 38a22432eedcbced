"""How two criteria relate, whatever the mail: does one imply the other, and can one match at all? Pure.

Both answers are safe, not complete: True is certain, False is "not known".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from mailhelper_core.model.mail.words import fold, words
from mailhelper_core.model.rules.criteria import PLACE_STATES, AllOf, AnyOf, Criteria, Is, Not, is_of_place, is_presence
from mailhelper_core.model.rules.ranges import is_range
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.query.check import is_me
from mailhelper_core.query.spans import are_apart, has_no_levels, is_beyond, lies_within

# Fields whose words are found by the field on the right as well.
_WIDER: dict[str, frozenset[str]] = {
    "any": frozenset(("subject", "from", "to", "cc", "bcc", "recipient", "body")),
    "recipient": frozenset(("to", "cc", "bcc")),
}
# Fields whose `=` compares one text; addresses compare their parts and are left out.
_WHOLE_TEXT = frozenset(("subject", "body", "filename", "list", "header", "mailer", "opinion"))
# Values that say more than one thing: a name and how sure.
_WITH_PARTS = frozenset(("suggested",))
# What a message has one of.
_SINGLE = frozenset(
    (
        "category", "language", "parse_status", "dmarc", "spf", "dkim", "id", "thread", "message_id", "subject",
        "in_reply_to", "precedence", "auto_submitted", "calendar", "reply_to_differs", "spam_flag",
    )
)  # fmt: skip
# Of which the Message-ID is written with or without angle brackets.
_MESSAGE_IDS = frozenset(("message_id", "in_reply_to"))


def implies(one: Criteria, other: Criteria) -> bool:
    """Say whether every message that meets the one surely meets the other; both are simplified."""
    if one == other or (isinstance(other, AllOf) and all(implies(one, part) for part in other.parts)):
        return True
    match one, other:
        case (AnyOf(parts), _):
            return all(implies(part, other) for part in parts)
        case (AllOf(parts), _) if any(implies(part, other) for part in parts):
            return True
        case (_, AnyOf(parts)):
            return any(implies(one, part) for part in parts)
        case (Not(part), Not(other_part)):
            return implies(other_part, part)
        case (Is(), Is()):
            return _test_implies(one, other)
        case (Is(), Not(Is() as test)):
            return not is_of_place(test) and _exclude(one, test)
        case _:
            return False


def is_impossible(criteria: Criteria) -> bool:
    """Say whether surely no message meets the criteria."""
    match criteria:
        case AllOf(parts):
            return (
                any(map(is_impossible, parts))
                or any(_contradict(a, b) for a, b in combinations(parts, 2))
                or has_no_levels(parts)
                or _has_no_way(parts)
            )
        case AnyOf(parts):
            return all(map(is_impossible, parts))
        case Not(part):
            return part == AllOf()
        case Is():
            return is_beyond(criteria)


def _has_no_way(parts: Sequence[Criteria]) -> bool:
    """Say whether each alternative that a part leaves contradicts another part."""
    for number, part in enumerate(parts):
        others = [*parts[:number], *parts[number + 1 :]]
        if isinstance(part, AnyOf) and all(_is_excluded(way, others) for way in part.parts):
            return True
    return False


def _is_excluded(way: Criteria, others: Sequence[Criteria]) -> bool:
    asked = way.parts if isinstance(way, AllOf) else (way,)
    return is_impossible(way) or any(_contradict(one, other) for one in asked for other in others)


def _contradict(one: Criteria, other: Criteria) -> bool:
    match one, other:
        case (Is(), Is()):
            return _exclude(one, other)
        case (_, Not(part)) if not isinstance(one, Not):
            return implies(one, part)
        case (Not(part), _) if not isinstance(other, Not):
            return implies(other, part)
        case _:
            return False


def _test_implies(one: Is, other: Is) -> bool:
    if is_range(one) or is_range(other):
        return lies_within(one, other)
    if is_presence(other):
        return _same_field(one, other) and _says_something(one)
    if one.prefix and not one.value:
        return False
    if other.field == "domain":
        return one.field == "domain" and not one.prefix and _domain_implies(one, other)
    if other.operator == ":" and _is_words(other):
        return _is_words(one) and _words_imply(one, other)
    return _same_field(one, other) and _value_implies(one, other)


def _says_something(test: Is) -> bool:
    """Say whether a test that holds has looked at a value: `subject=""` holds where there is none."""
    return test.operator == "~" or bool(fold(test.value).strip()) or is_presence(test)


def _same_field(one: Is, other: Is) -> bool:
    if one.field != other.field:
        return False
    # Names of header fields do not care for case.
    return one.name == other.name or (one.field == "header" and one.name.lower() == other.name.lower())


def _is_words(test: Is) -> bool:
    return test.field in _WHOLE_TEXT or test.field in ("from", "reply_to", "sender", *_WIDER, *_WIDER["recipient"])


def _value_implies(one: Is, other: Is) -> bool:
    is_alike = one.operator == other.operator or (one.operator, other.operator) == ("=", ":")
    if not is_alike or one.operator == "~" or one.field in _WITH_PARTS or is_me(one) or is_me(other) or _is_words(one):
        return False
    value, wanted = fold(one.value), fold(other.value)
    if other.prefix:
        return value.startswith(wanted)
    return value == wanted and not one.prefix


def _domain_implies(one: Is, other: Is) -> bool:
    value, wanted = (test.value.lower().lstrip("@") for test in (one, other))
    if other.prefix or other.operator == "=":
        return one.operator == "=" and (value.startswith(wanted) if other.prefix else value == wanted)
    return value == wanted or value.endswith(f".{wanted}")


def _words_imply(one: Is, other: Is) -> bool:
    is_wider = one.field in _WIDER.get(other.field, ())
    if is_me(one) or is_me(other) or not (_same_field(one, other) or is_wider) or one.operator == "~":
        return False
    if one.operator == "=" and one.field not in _WHOLE_TEXT:
        return False
    has, wanted = _words_of(one.value), _words_of(other.value)
    return any(_begins(has[start:], wanted, one, other) for start in range(len(has) - len(wanted) + 1))


@lru_cache(maxsize=10_000)
def _words_of(value: str) -> tuple[str, ...]:
    return tuple(words(value))


def _begins(has: tuple[str, ...], wanted: tuple[str, ...], one: Is, other: Is) -> bool:
    firsts, last = wanted[:-1], wanted[-1]
    if has[: len(firsts)] != firsts:
        return False
    found = has[len(firsts)]
    # The last word of a prefix is only a beginning.
    is_open = one.prefix and len(has) == len(wanted)
    return found.startswith(last) if other.prefix else found == last and not is_open


def _exclude(one: Is, other: Is) -> bool:
    """Say whether no message, and no one place, meets both tests."""
    if is_range(one) or is_range(other):
        return are_apart(one, other)
    if one.field != other.field or one.prefix or other.prefix or "~" in (one.operator, other.operator):
        return False
    if one.field == "is":
        return _opposite_states(one.value, other.value)
    if one.field == "in":
        return fold(one.value) != fold(other.value) and _are_plain_places(one, other)
    if one.field == "domain":
        return not _domain_implies(one, other) and not _domain_implies(other, one)
    is_whole = one.field != "subject" or one.operator == other.operator == "="
    values = {fold(test.value.strip("<>") if test.field in _MESSAGE_IDS else test.value) for test in (one, other)}
    return one.field in _SINGLE and is_whole and len(values) == 2


def _opposite_states(one: str, other: str) -> bool:
    if one not in PLACE_STATES or other not in PLACE_STATES:
        return False
    (keyword, has), (other_keyword, other_has) = PLACE_STATES[one], PLACE_STATES[other]
    return keyword == other_keyword and has != other_has


def _are_plain_places(one: Is, other: Is) -> bool:
    # A mailbox has one name and one role; one that is named after another's role is not thought of.
    return all(test.operator == "=" for test in (one, other)) or all(
        fold(test.value) in ROLE_NAMES for test in (one, other)
    )
