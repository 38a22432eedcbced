"""What a rule does on one line each, as `rule add --then` takes it: `tag bills`, `fileinto "Tax 2026"`."""

from __future__ import annotations

import re

from mailhelper_core import Action

# A quote inside is written twice, as in a query. What is named may follow: tag "to pay" color=#3366ff
_QUOTED = re.compile(r'"((?:[^"]|"")*)"((?:\s+[a-z_]+=\S*)*)')


def read_action(text: str) -> Action:
    """Answer the action that a line says; quotes around the whole argument are none of its letters."""
    name, _, argument = text.strip().partition(" ")
    quoted = _QUOTED.fullmatch(argument.strip())
    return Action(name, quoted[1].replace('""', '"') + quoted[2] if quoted else argument.strip())


def write_action(action: Action) -> str:
    """Answer the line; what is named stands behind the argument."""
    argument = action.argument
    if argument.startswith('"'):
        doubled = argument.replace('"', '""')
        argument = f'"{doubled}"'
    return " ".join(filter(None, (action.name, argument, *(f"{key}={value}" for key, value in action.arguments))))
