"""One test as SQL bounds: which column or table answers it, and how far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from mailhelper_core.model.mail.words import fold, fold_address, words
from mailhelper_core.model.mind.tag import read_suggested
from mailhelper_core.model.rules.criteria import FIELDS, Is, is_presence
from mailhelper_core.model.rules.ranges import Attribute, is_range, read_range
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind.waiting_tags import waits
from mailhelper_core.store.search.bounds import UNKNOWN, Bounds, Condition, any_of, at_most, exact, there_is
from mailhelper_core.store.search.compare import (
    Text,
    any_address,
    fact_number,
    folded_equal,
    has_words,
    is_present,
    lower,
)
from mailhelper_core.store.search.fact_criterion import FACT_TESTS, of_text
from mailhelper_core.store.search.list_criterion import list_bounds
from mailhelper_core.store.search.lookup import Lookup
from mailhelper_core.store.search.opinion_criterion import opinion_bounds
from mailhelper_core.store.search.text_query import phrase
from mailhelper_core.store.unit_of_work import to_micros

_m = t.messages.c
# A longer value is asked of the index by its beginning; the predicate reads all of it.
_MAX_PHRASE = 50
_GROUPS = {
    "to": ("to",), "cc": ("cc",), "bcc": ("bcc",), "recipient": ("to", "cc", "bcc"),
    "reply_to": ("reply_to",), "sender": ("sender",),
}  # fmt: skip

Test = Callable[[Is, Lookup], Bounds]


def message_bounds(leaf: Is, lookup: Lookup) -> Bounds | None:
    """Answer the bounds of a test of the message, None for a plugin's condition."""
    if leaf.field not in FIELDS:
        return None
    whole = _WHOLE.get(leaf.field)
    if whole:
        return whole(leaf, lookup)
    if is_range(leaf):
        return _range(leaf, lookup)
    if leaf.operator == "~":
        return UNKNOWN
    return _TESTS[leaf.field](leaf, lookup)


def _subject(leaf: Is, lookup: Lookup) -> Bounds:
    if is_presence(leaf):
        return is_present(_m.subject)
    found = words(leaf.value)[:_MAX_PHRASE]
    if not found:
        return folded_equal(lookup.dialect, _m.subject, leaf.value)
    return Bounds(_m.subject == leaf.value, lookup.indexed(phrase(lookup.dialect, "subject", found)).possibly)


def _body(leaf: Is, lookup: Lookup) -> Bounds:
    x = t.message_texts.c
    has_text = there_is(t.message_texts, x.message_id == _m.id, x.text != "")
    if is_presence(leaf):
        return exact(has_text)
    if not leaf.value:
        return exact(~has_text)
    found = words(leaf.value)[:_MAX_PHRASE]
    return at_most(lookup.indexed(phrase(lookup.dialect, "body", found)).possibly if found else has_text)


def _from(leaf: Is, lookup: Lookup) -> Bounds:
    if leaf.operator == ":" and leaf.value == "me":
        return _mine(lookup, lambda own: exact(lower(lookup.dialect, _m.from_addr).in_(own)))
    if is_presence(leaf):
        return any_of([is_present(_m.from_name), is_present(_m.from_addr)])
    return _whole_address(leaf, lookup)(_m.from_name, _m.from_addr)


def _recipients(leaf: Is, lookup: Lookup) -> Bounds:
    dialect, groups = lookup.dialect, _GROUPS[leaf.field]
    if is_presence(leaf):
        return any_address(dialect, groups, lambda name, spec: any_of([is_present(name), is_present(spec)]))
    if leaf.operator == "=":
        asked = _whole_address(leaf, lookup)
        return any_address(dialect, groups, asked) if leaf.value else _opposite_of_presence(dialect, groups)
    if leaf.value == "me" and not leaf.prefix:
        return _mine(
            lookup, lambda own: any_address(dialect, groups, lambda _, spec: exact(lower(dialect, spec).in_(own)))
        )
    found = words(leaf.value)
    if leaf.field in ("reply_to", "sender"):  # the index holds To, Cc and Bcc
        return any_address(dialect, groups, lambda name, spec: at_most(has_words(dialect, _both(name, spec), found)))
    return at_most(lookup.indexed(phrase(dialect, "recipients", found, prefix=leaf.prefix)).possibly)


def _both(name: Text, spec: Text) -> Text:
    return name.op("||")(" ").op("||")(spec)


def _opposite_of_presence(dialect: str, groups: tuple[str, ...]) -> Bounds:
    return any_address(dialect, groups, lambda name, spec: any_of([is_present(name), is_present(spec)])).opposite()


def _whole_address(leaf: Is, lookup: Lookup) -> Callable[[Text, Text], Bounds]:
    dialect = lookup.dialect
    if not leaf.value:
        return lambda name, spec: any_of([is_present(name), is_present(spec)]).opposite()
    if "@" in leaf.value:
        return lambda _, spec: exact(lower(dialect, spec) == fold_address(leaf.value))
    if "@" in fold(leaf.value):
        return lambda _name, _spec: UNKNOWN
    return lambda name, spec: any_of(
        [exact(lower(dialect, spec) == fold(leaf.value)), folded_equal(dialect, name, leaf.value)]
    )


def _mine(lookup: Lookup, asked: Callable[[list[str]], Bounds]) -> Bounds:
    parts = []
    for account_id, addresses in lookup.addresses.items():
        bounds = asked(addresses)
        of_account = _m.account_id == account_id
        certainly = and_(of_account, bounds.certainly)
        parts.append(exact(certainly) if bounds.is_exact else Bounds(certainly, and_(of_account, bounds.possibly)))
    return any_of(parts)


def _domain(leaf: Is, lookup: Lookup) -> Bounds:
    value = leaf.value.lower().lstrip("@")
    if leaf.prefix:
        return exact(and_(_m.from_domain != "", _m.from_domain.startswith(value, autoescape=True)))
    asked: Condition = _m.from_domain == value
    if leaf.operator == ":":
        asked = or_(asked, _m.from_domain.endswith(f".{value}", autoescape=True))
    found = words(value)
    if not found:
        return exact(asked)
    # No index has the column; that of words names the few senders whose address holds the words of the domain.
    indexed = lookup.indexed(phrase(lookup.dialect, "sender", found))
    return exact(and_(indexed.possibly, asked), few=indexed.few)


def _attached(name: str) -> Test:
    a = t.attachments.c
    value = a[name]

    def test(leaf: Is, lookup: Lookup) -> Bounds:
        if leaf.operator == "=" and not leaf.value:
            return exact(~there_is(t.attachments, a.message_id == _m.id, value != ""))
        found = of_text(lookup.dialect, value, leaf)
        certainly = there_is(t.attachments, a.message_id == _m.id, found.certainly)
        return Bounds(certainly, there_is(t.attachments, a.message_id == _m.id, found.possibly))

    return test


def _column(value: Text) -> Test:
    return lambda leaf, lookup: of_text(lookup.dialect, value, leaf)


def _message_id(leaf: Is, lookup: Lookup) -> Bounds:
    bare = Is(leaf.field, leaf.operator, leaf.value.strip("<>"), prefix=leaf.prefix)
    return of_text(lookup.dialect, _m.message_id, bare)


def _tag(leaf: Is, lookup: Lookup) -> Bounds:
    tag, mt = t.tags.c, t.message_tags.c
    folded = fold(leaf.value)
    is_named = tag.folded.startswith(folded, autoescape=True) if leaf.prefix else tag.folded == folded
    named = select(tag.id).where(tag.owner_id == lookup.uow.owner_id, is_named)
    return exact(there_is(t.message_tags, mt.message_id == _m.id, mt.tag_id.in_(named)))


def _suggested(leaf: Is, lookup: Lookup) -> Bounds:
    name, least = (fold(leaf.value), 0.0) if leaf.prefix else read_suggested(leaf.value)
    s, one = t.tag_suggestions.c, t.suggested_tags.c
    is_named = s.folded.startswith(name, autoescape=True) if leaf.prefix else s.folded == name
    here = (one.message_id == _m.id, one.confidence >= least, s.owner_id == lookup.uow.owner_id, is_named, waits())
    return exact(there_is(t.suggested_tags.join(t.tag_suggestions, s.id == one.suggestion_id), *here))


def account_ids(leaf: Is, lookup: Lookup) -> tuple[int, ...]:
    """Answer the accounts that a test `account:` names, by name or id."""
    value = fold(leaf.value)
    named = [
        id_ for id_, name in lookup.account_names.items()
        if fold(name) == value or (leaf.prefix and fold(name).startswith(value))
    ]  # fmt: skip
    if not leaf.prefix:
        named += [id_ for id_ in lookup.account_names if str(id_) == value and id_ not in named]
    return tuple(named)


def _account(leaf: Is, lookup: Lookup) -> Bounds:
    return exact(true() if is_presence(leaf) else _m.account_id.in_(account_ids(leaf, lookup)))


def _range(leaf: Is, lookup: Lookup) -> Bounds:
    wanted = read_range(leaf, now=lookup.now, time_zone=lookup.time_zone)
    value, needed = _ATTRIBUTES.get(wanted.attribute) or _computed(wanted.attribute, lookup.dialect)
    # Not NULL is asked first: NOT of an unknown comparison would be unknown, too.
    parts: list[Condition] = [column.is_not(None) for column in needed]
    if wanted.low is not None:
        parts.append(value >= _number(wanted.low))
    if wanted.high is not None:
        parts.append(value < _number(wanted.high))
    return exact(and_(true(), *parts))


def _computed(attribute: Attribute, dialect: str) -> tuple[ColumnElement[Any], tuple[ColumnElement[Any], ...]]:
    if attribute == "attachment_size":
        a = t.attachments.c
        largest = select(func.max(a.size)).where(a.message_id == _m.id).correlate_except(t.attachments)
        value: ColumnElement[Any] = largest.scalar_subquery()
    else:
        value = fact_number(dialect, {"sender_importance": "importance"}.get(attribute, attribute))
    return value, (value,)


def _number(bound: float | datetime) -> float:
    return to_micros(bound) if isinstance(bound, datetime) else bound


_ATTRIBUTES: dict[Attribute, tuple[ColumnElement[Any], tuple[ColumnElement[Any], ...]]] = {
    "urgency": (_m.urgency, (_m.urgency,)),
    "importance": (_m.importance, (_m.importance,)),
    "score": (2 * _m.urgency + _m.importance, (_m.urgency, _m.importance)),
    "spam": (_m.spam, (_m.spam,)),
    "size": (_m.size, ()),
    "date": (func.coalesce(_m.sent_at, _m.received_at), ()),
    "sent": (_m.sent_at, (_m.sent_at,)),
    "received": (_m.received_at, ()),
}

# Those that answer every operator themselves.
_WHOLE: dict[str, Test] = {"list": list_bounds, "opinion": opinion_bounds}

_TESTS: dict[str, Test] = FACT_TESTS | {
    "any": lambda _leaf, _lookup: UNKNOWN,  # any:* alone; words are asked of the index
    "subject": _subject,
    "body": _body,
    "from": _from,
    "to": _recipients,
    "cc": _recipients,
    "bcc": _recipients,
    "recipient": _recipients,
    "reply_to": _recipients,
    "sender": _recipients,
    "domain": _domain,
    "filename": _attached("filename"),
    "attachment": _attached("media_type"),
    "header": lambda _leaf, _lookup: UNKNOWN,
    "message_id": _message_id,
    "tag": _tag,
    "suggested": _suggested,
    "category": _column(_m.category),
    "language": _column(_m.language),
    "parse_status": _column(_m.parse_status),
    "account": _account,
    "thread": lambda leaf, _: exact(_m.thread_id == int(leaf.value), few=True),
    "id": lambda leaf, _: exact(_m.id == int(leaf.value), few=True),
}
