"""The rules of a Sieve script, as tests compare them."""

from __future__ import annotations

from dataclasses import replace

from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.rules.sieve.reading import import_script


def rules_of(script: str) -> list[tuple[str, list[Action]]]:
    """The criteria and actions of a script's rules."""
    return [(rule.when, list(rule.then)) for rule in import_script(script).rules]


def plain(rules: tuple[Rule, ...]) -> list[Rule]:
    """The rules without the text that they came from."""
    return [replace(rule, source="") for rule in rules]
