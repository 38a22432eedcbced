"""Imported rules beside all plugins and the rules of their owner: what is wrong with them, and how they are saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from mailhelper_core.errors import InvalidError, SieveError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.rules.sieve import SieveLoss
from mailhelper_core.rules.engine import STOP
from mailhelper_core.rules.prepare import check
from mailhelper_core.rules.sieve.reading import Imported, with_free_names
from mailhelper_core.rules.sieve.sources import content, is_numbered
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind import many_rules
from mailhelper_core.store.mind import rules as stored_rules
from mailhelper_core.store.mind.rules import StoredRule
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import proposals


def check_imported(found: Imported, registry: Registry) -> None:
    """Raise SieveError for a rule that could not act."""
    for rule, position in zip(found.rules, found.positions, strict=True):
        try:
            check(rule, registry)
        except InvalidError as exc:
            raise SieveError(str(exc), text=found.text, position=position, code=exc.code) from exc


def losses_in(found: Imported, mode: RuleMode) -> tuple[SieveLoss, ...]:
    """Answer what rules in this mode lose of their script."""
    return found.losses if mode == "all" else (*found.losses, *_lost_to_the_first(found))


def _lost_to_the_first(found: Imported) -> Iterator[SieveLoss]:
    """Report where the rules behind one have no turn, which a script gave to them."""
    line, at = 1, 0
    for rule, position in zip(found.rules[:-1], found.positions, strict=False):
        line, at = line + found.text.count("\n", at, position), position
        if all(action.name != STOP for action in rule.then):
            why = "the rule mode is first: where this rule acts, none behind it does, as a script lets them"
            yield SieveLoss(rule.name, "near", "first", why, line)


def save_imported(uow: UnitOfWork, rules: Sequence[Rule], given: Sequence[str], *, overwrite: bool) -> list[Rule]:
    """Save rules, all of them or none: under free names, or over the rules that have theirs.

    given: the name that the script has for each, or empty. Raises NotFoundError for an unknown account.
    """
    for number in {rule.account_id for rule in rules if rule.account_id is not None}:
        accounts.get(uow, uow.owner, number)
    uow.lock_owner()  # two imports at once would both find a name free
    known = {one.rule.name: one for one in stored_rules.every(uow)}
    coming = _known_again(rules, given, known) if overwrite else with_free_names(rules, known)
    saved = many_rules.save_all(uow, coming, known)
    proposals.withdraw(uow)
    return saved


def _known_again(rules: Sequence[Rule], given: Sequence[str], known: Mapping[str, StoredRule]) -> list[Rule]:
    """Answer rules that a script gives no name under the names of those that they were before.

    Their numbers say nothing once a block came, went or has another place: what does the same is the same, and what
    stands between the same others has changed.
    """
    names = [rule.name if name else "" for rule, name in zip(rules, given, strict=True)]
    coming = [number for number, name in enumerate(names) if not name]
    there = [one.rule for name, one in known.items() if is_numbered(name) and name not in names]
    before, after = [_deed(rule) for rule in there], [_deed(rules[number]) for number in coming]
    for what, old, old_end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what in ("equal", "replace"):
            for rule, number in zip(there[old:old_end], coming[new:new_end], strict=False):
                names[number] = rule.name
    others = iter(with_free_names([rule for rule, name in zip(rules, names, strict=True) if not name], names))
    return [replace(rule, name=name) if name else next(others) for rule, name in zip(rules, names, strict=True)]


def _deed(rule: Rule) -> tuple[Rule, int | None]:
    return content(rule), rule.account_id
