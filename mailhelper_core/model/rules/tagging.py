"""The tag behind an action's name, and the same action once the tag has another name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.extension import action_argument
from mailhelper_core.model.mind.tag import check_color, check_tag_name, fold_tag
from mailhelper_core.model.rules.rule import Action

_COLOR = re.compile(r"(?:^|\s)color=(\S*)")
_ACTIONS = frozenset(("tag", "untag"))


@dataclass(frozen=True, slots=True)
class TagArgument:
    """A tag's name, and its color should it have to be made."""

    name: str
    color: str = ""


def read_tag(text: str) -> TagArgument:
    """Read `Bills`, `Bills color=#3366ff` or `color=#3366ff name=Bills`. Raises InvalidError."""
    color = _COLOR.search(text)
    name = _COLOR.sub("", text, count=1).strip().removeprefix("name=")
    return TagArgument(check_tag_name(name), check_color(color[1] if color else ""))


def is_about_tag(action: Action, name: str) -> bool:
    """Say whether an action puts the tag of this name on or takes it off."""
    try:
        return action.name in _ACTIONS and fold_tag(read_tag(action_argument(action)).name) == fold_tag(name)
    except InvalidError:
        return False


def action_with_tag(action: Action, was: str, became: str) -> Action:
    """Answer an action that puts a tag on or takes it off with the tag's new name; any other as it is."""
    if not is_about_tag(action, was):
        return action
    told = read_tag(action_argument(action))
    color = {"color": told.color} if told.color else {}
    # A name that reads like an option is written behind one: of `color= name=x color=#112233` all but the first is x's.
    ways = (Action(action.name, became, **color), Action(action.name, color=told.color, name=became))
    return next((one for one in ways if _puts(one, became, told.color)), action)


def _puts(action: Action, name: str, color: str) -> bool:
    try:
        return read_tag(action_argument(action)) == TagArgument(name, color)
    except InvalidError:
        return False
