"""Rules of KI-Mail-Helper as rules that are switched off, its trusted senders as a saved search.

Both lie there in the clear. What a rule asks and what it does is an object of JSON each: `{"has_attachment": true}`.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parseaddr

from mailhelper_core import Action, InvalidError, NotFoundError, OwnerServices, Rule

TRUSTED = "Trusted senders"
# So many tests fit into one query.
MOST_SENDERS = 100
MOST_CHARACTERS = 100
# Their conditions in our fields and operators; `contains` and `regex` ignore case there, and become expressions.
_TESTS = {
    "sender_equals": ("from", "="),
    "sender_contains": ("from", "contains"),
    "sender_not_contains": ("from", "contains"),
    "sender_domain": ("domain", "="),
    "subject_equals": ("subject", "="),
    "subject_contains": ("subject", "contains"),
    "subject_not_contains": ("subject", "contains"),
    "subject_regex": ("subject", "regex"),
    "body_contains": ("body", "contains"),
    "body_not_contains": ("body", "contains"),
    "body_regex": ("body", "regex"),
    "folder_equals": ("in", "="),
    "has_tag": ("tag", ":"),
    "not_has_tag": ("tag", ":"),
    "ai_suggested_tag": ("suggested", ":"),
}
# Keys that say how others are meant; how sure a suggested tag must be where it is not said.
_MODE, _PERCENT, _TAG_COLOR = "match_mode", "ai_confidence_threshold", "tag_color"
_SURE_PERCENT = 85
_DEEDS = {
    "mark_as_read": Action("addflag", "read"),
    "mark_as_flagged": Action("addflag", "flagged"),
    "delete": Action("discard"),
    "stop_processing": Action("stop"),
}
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")

Form = dict[str, object]


def take_rules(ada: OwnerServices, rows: Sequence[sqlite3.Row], unsaid: list[str]) -> int:
    """Save rules that are not here by name, switched off and in their order; note what cannot be said here."""
    known, taken = {rule.name for rule in ada.rules.list()}, 0
    for name, row in _named(rows):
        if name in known:
            continue
        problems: list[str] = []
        try:
            ada.rules.save(_rule(ada, name, row, problems))
            taken += 1
        except InvalidError as exc:
            problems.append(f"left out: {exc}")
        unsaid += [f"rule {name!r}: {problem}" for problem in problems]
    return taken


def take_trusted(ada: OwnerServices, rows: Sequence[sqlite3.Row], unsaid: list[str]) -> int:
    """Save searches for the mail of trusted senders, and answer how many; one that is here by name stays as it is."""
    forms: list[Form] = []
    for row in rows:
        try:
            forms.append(_checked(ada, _sender(row["pattern_type"], row["sender_pattern"])))
        except InvalidError as exc:
            unsaid.append(f"trusted sender {row['sender_pattern']!r}: {exc}")
    saved = 0
    for number, first in enumerate(range(0, len(forms), MOST_SENDERS), 1):
        name = f"{TRUSTED} {number}" if number > 1 else TRUSTED
        try:
            ada.searches.get(name)
        except NotFoundError:
            ada.searches.save(name, ada.searches.from_json({"any": forms[first : first + MOST_SENDERS]}))
            saved += 1
    return saved


def _named(rows: Sequence[sqlite3.Row]) -> Iterator[tuple[str, sqlite3.Row]]:
    """Answer rules by names as they are kept here: of one line, and no two the same."""
    seen: set[str] = set()
    for row in rows:
        plain = "".join(filter(str.isprintable, " ".join(row["name"].split()))).strip() or f"rule {row['id']}"
        name, number = plain[:MOST_CHARACTERS].strip(), 1
        while name in seen:
            number += 1
            name = f"{plain[: MOST_CHARACTERS - 10]} ({number})"
        seen.add(name)
        yield name, row


def _rule(ada: OwnerServices, name: str, row: sqlite3.Row, problems: list[str]) -> Rule:
    """Read a rule. Raises InvalidError for one that asks or does nothing, or would act on more mail than there.

    Where one condition of several is enough, those that cannot be said are noted as problems; actions always are.
    """
    asked, done = _object(row["conditions_json"]), _object(row["actions_json"])
    mode = "any" if asked.get(_MODE) == "any" else "all"
    parts: list[Form] = []
    for key, value in asked.items():
        try:
            if key not in (_MODE, _PERCENT):
                parts.append(_checked(ada, _condition(key, value, asked.get(_PERCENT))))
        except InvalidError as exc:
            problems.append(f"its condition {key}: {exc}")
    if not parts:
        raise InvalidError("It asks nothing.")
    if problems and mode == "all":
        raise InvalidError("It would act on more mail than there.")
    then = [deed for key, value in done.items() for deed in _deeds(key, value, done.get(_TAG_COLOR), problems)]
    if not then:
        raise InvalidError("It does nothing.")
    return Rule(name, ada.searches.from_json({mode: parts}), then, enabled=False)


def _object(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidError("It cannot be read.")
    return found


def _condition(key: str, value: object, percent: object) -> Form:
    """Answer one of their conditions as a form of ours. Raises InvalidError for one that we do not know."""
    if key == "has_attachment" and isinstance(value, bool):
        form: Form = {"field": "has", "value": "attachment"}
        return form if value else {"not": form}
    if key not in _TESTS or not isinstance(value, str) or not value.strip():
        raise InvalidError("There is nothing like it here.")
    field, operator = _TESTS[key]
    if key == "sender_equals":
        value = parseaddr(value)[1] or value
    elif key == "ai_suggested_tag":
        value = f"{value}@{(percent if isinstance(percent, int) else _SURE_PERCENT) / 100:g}"
    elif operator in ("contains", "regex"):
        operator, value = "~", f"(?i){re.escape(value) if operator == 'contains' else value}"
    form = {"field": field, "op": operator, "value": value}
    return {"not": form} if "not_" in key else form


def _deeds(key: str, value: object, color: object, problems: list[str]) -> Iterator[Action]:
    """Answer one of their actions as ours; note one that we do not know."""
    match key, value:
        case (_, False | None | "") | ("tag_color", _):
            pass
        case "move_to_folder", str(mailbox):
            yield Action("fileinto", mailbox)
        case "apply_tag", str(tag):
            yield Action("tag", tag, **({"color": color} if isinstance(color, str) and _COLOR.match(color) else {}))
        case "set_priority", ("low" | "high") as level:
            yield Action("priority", level)
        case _, True if key in _DEEDS:
            yield _DEEDS[key]
        case _:
            problems.append(f"its action {key}: There is nothing like it here.")


def _sender(kind: str, pattern: str) -> Form:
    if kind == "exact":
        return {"field": "from", "op": "=", "value": pattern}
    return {"field": "domain", "op": "=" if kind == "email_domain" else ":", "value": pattern.lstrip("@")}


def _checked(ada: OwnerServices, form: Form) -> Form:
    """Answer the form. Raises QueryError where it is none, such as for an expression that RE2 cannot read."""
    ada.searches.from_json(form)
    return form
