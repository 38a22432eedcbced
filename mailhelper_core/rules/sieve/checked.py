"""Imported rules beside all plugins and the rules of their owner: what is wrong with them, and how they are saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailhelper_core.errors import InvalidError, SieveError
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.rules.rule import Rule, RuleMode
from mailhelper_core.model.rules.sieve import SieveLoss
from mailhelper_core.rules.engine import STOP
from mailhelper_core.rules.prepare import check
from mailhelper_core.rules.sieve.reading import Imported, with_free_names
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind import many_rules
from mailhelper_core.store.mind import rules as stored_rules
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


def save_imported(uow: UnitOfWork, rules: Sequence[Rule], *, overwrite: bool) -> list[Rule]:
    """Save rules, all of them or none: under free names, or over the rules that have theirs.

    Raises NotFoundError for an unknown account.
    """
    for number in {rule.account_id for rule in rules if rule.account_id is not None}:
        accounts.get(uow, uow.owner, number)
    uow.lock_owner()  # two imports at once would both find a name free
    known = {one.rule.name: one for one in stored_rules.every(uow)}
    saved = many_rules.save_all(uow, rules if overwrite else with_free_names(rules, known), known)
    proposals.withdraw(uow)
    return saved
