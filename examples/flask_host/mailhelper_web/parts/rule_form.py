"""The form of a rule: rows of actions, and conditions that write the query text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from mailhelper_core import Action, InvalidError, Rule
from mailhelper_web.parts.rule_choices import quoted

# The engine takes no more actions of a rule, and whoever sends more gets no page of that size.
MAX_ROWS = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a menu: what is written, what the reader sees, and an example of its argument (empty: takes none)."""

    key: str
    name: LazyString
    example: str = ""


ACTIONS = (
    Choice("fileinto", lazy_gettext("move to mailbox"), "Finance"),
    Choice("archive", lazy_gettext("archive")),
    Choice("tag", lazy_gettext("tag"), "bills"),
    Choice("untag", lazy_gettext("remove tag"), "bills"),
    Choice("addflag", lazy_gettext("set flag"), "\\Flagged"),
    Choice("removeflag", lazy_gettext("remove flag"), "\\Seen"),
    Choice("copy", lazy_gettext("copy to mailbox"), "Backup"),
    Choice("priority", lazy_gettext("set priority"), "high"),
    Choice("notify", lazy_gettext("notify"), "text"),
    Choice("discard", lazy_gettext("move to trash")),
    Choice("keep", lazy_gettext("keep")),
    Choice("stop", lazy_gettext("stop: no further rule")),
)
CONDITIONS = (
    Choice("from:", lazy_gettext("sender contains"), "bank.example"),
    Choice("subject:", lazy_gettext("subject contains"), "invoice"),
    Choice("body:", lazy_gettext("text contains"), "deadline"),
    Choice("to:", lazy_gettext("recipient contains"), "me"),
    Choice("list:", lazy_gettext("mailing list is"), "*"),
    Choice("spam>", lazy_gettext("spam more than"), "0.9"),
    Choice("larger:", lazy_gettext("larger than"), "2M"),
    Choice("older_than:", lazy_gettext("older than"), "30d"),
)


def read_rule(form: MultiDict[str, str]) -> Rule:
    """Answer the rule that a form describes. Raises InvalidError for one without a name or without actions."""
    rule = typed_rule(form)
    if not rule.name:
        raise InvalidError(gettext("A rule needs a name."), code="rule_name")
    if not rule.then:
        raise InvalidError(gettext("A rule needs at least one action."), code="rule_action")
    return rule


def typed_rule(form: MultiDict[str, str]) -> Rule:
    """Answer what a form says so far, whether it can be saved or not. Raises InvalidError for too many actions."""
    account = form.get("account", type=int)
    return Rule(
        form.get("name", "").strip(),
        when=_when(form),
        then=[Action(action, argument) for action, argument in _typed_rows(form) if action],
        account_id=account or None,
        enabled=form.get("enabled", "1") == "1",
        otherwise=form.get("otherwise") == "1",
        delay=form.get("delay", "").strip(),
        propose=form.get("propose") == "1",
        schedule=form.get("schedule", "").strip(),
        id=form.get("id", 0, type=int),
    )


def rows_of(rule: Rule) -> list[tuple[str, str]]:
    """Answer the rows of actions that the form shows: those of the rule, and one to fill in where it may have more."""
    rows = [(action.name, _argument_of(action)) for action in rule.then]
    return rows if len(rows) >= MAX_ROWS else [*rows, ("", "")]


def rows_to_fill(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Answer the rows of a form that is shown again: as typed, and those to fill in, one more where it asks for it."""
    rows, asks = _typed_rows(form), form.get("more") == "action"
    empty = len(form.getlist("action")) - len(rows) + asks
    return [*rows, *[("", "")] * min(max(empty, 1), MAX_ROWS - len(rows))]


def _typed_rows(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Answer the rows of actions that something is typed in."""
    pairs = zip(form.getlist("action"), form.getlist("argument"), strict=False)
    rows = [(action, argument.strip()) for action, argument in pairs if action or argument.strip()]
    if len(rows) > MAX_ROWS:
        most = gettext("A rule has at least one action, and at most %(most)s.", most=MAX_ROWS)
        raise InvalidError(most, code="rule_actions")
    return rows


def _argument_of(action: Action) -> str:
    """Answer an action's argument as it is typed: what is named follows as `name=value`, which the engine reads too."""
    named = (f"{key}={value}" for key, value in action.arguments)
    return " ".join(filter(None, (action.argument, *named)))


def _when(form: MultiDict[str, str]) -> str:
    """Answer the query text, with the conditions that the form adds to it: one that was chosen, and one typed."""
    when, chosen, condition, value = (form.get(name, "").strip() for name in ("when", "chosen", "condition", "value"))
    typed = f"{condition}{value if value == '*' else quoted(value)}" if condition and value else ""
    added = [one for one in (chosen, typed) if one]
    # What is added holds for all that was asked for before.
    before = f"({when})" if added and re.search(r"\bOR\b", when) else when
    return " ".join(one for one in (before, *added) if one)
