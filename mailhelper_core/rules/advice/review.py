"""Look at stored rules and those about to be saved as one set: read them, find what is wrong, refuse where asked to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from mailhelper_core.errors import ConflictError, MailHelperError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.rules.rule import Finding, Rule, RuleMode
from mailhelper_core.model.source.account import Account
from mailhelper_core.query.read import read_asked
from mailhelper_core.rules.advice.analyze import analyze
from mailhelper_core.rules.advice.known import Known
from mailhelper_core.rules.advice.nobody import nobody
from mailhelper_core.rules.advice.unknown import Mailboxes, unknown
from mailhelper_core.rules.prepare import Vanished, problem


def findings(
    stored: Sequence[Rule],
    coming: Sequence[Rule],
    registry: Registry,
    vanished: Vanished,
    *,
    mode: RuleMode,
    categories: Collection[str],
    mailboxes: Mailboxes,
    accounts: Sequence[Account] = (),
    tags: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """Answer what is wrong with stored rules once those that come are saved, in the order in which rules act.

    categories: those that classifiers give and that mail has. mailboxes, accounts and tags: those that are there; of
    tags nothing is said where none are given.
    """
    rules = _together(stored, coming)
    broken = {rule.name: said for rule in rules if rule.enabled and (said := problem(rule, registry, vanished))}
    sound = known([rule for rule in rules if rule.name not in broken], registry)
    return (
        *(Finding("broken", name, message=said) for name, said in broken.items()),
        *unknown(sound, categories, mailboxes, tags),
        *nobody(sound, accounts),
        *analyze(sound, mode=mode),
    )


def known(rules: Sequence[Rule], registry: Registry) -> list[Known]:
    """Read the criteria of rules; those that cannot be read are left out."""
    narrowed = frozenset(name for name, one in registry.conditions.items() if one.provider.narrows is not None)
    found = []
    for rule in rules:
        try:
            found.append(Known(rule, read_asked(rule.when, registry.conditions), narrowed))
        except MailHelperError:
            continue
    return found


def refuse(found: Sequence[Finding], rule: Rule) -> None:
    """Raise ConflictError when something is found about a rule, on either side; its cost does not count."""
    for one in found:
        if rule.name in (one.rule, one.other) and one.kind != "costly":
            other = f" (rule {one.other!r})" if one.other and one.other != rule.name else ""
            raise ConflictError(f"This rule is {one.kind}: {one.message}{other}.", code=f"rule_{one.kind}")


def _together(stored: Sequence[Rule], coming: Sequence[Rule]) -> list[Rule]:
    rules = {rule.id or rule.name: rule for rule in stored}
    ids = {rule.name: rule.id for rule in stored}
    for rule in coming:
        key = rule.id or ids.get(rule.name) or rule.name
        before = rules.get(key)
        rules[key] = replace(rule, position=before.position if before else len(rules) + 1)
    return sorted(rules.values(), key=lambda rule: rule.position)
