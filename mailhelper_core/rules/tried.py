"""Rules that are asked about before they are saved: as the rules and revisions that saving would make of them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store.mind.rules import StoredRule, is_same_revision


def as_saved(stored: Sequence[StoredRule], coming: Iterable[Rule]) -> list[StoredRule]:
    """Answer rules with what saving would give them; what makes a new revision has 0 for that revision's id.

    Raises NotFoundError for an id that none of the stored rules has.
    """
    return [_as_saved(stored, rule) for rule in coming]


def in_place(stored: Sequence[StoredRule], wanted: Rule | str | int) -> tuple[list[StoredRule], StoredRule]:
    """Answer the stored rules with a wanted one as it would be saved, where it stands or at the end; and that one.

    One that is named is there as it is stored. Raises NotFoundError for a name or an id that none of them has.
    """
    if not isinstance(wanted, Rule):
        return list(stored), _of(stored, wanted)
    one = _as_saved(stored, wanted)
    if not one.rule.id:
        return [*stored, one], one
    return [one if other.rule.id == one.rule.id else other for other in stored], one


def _as_saved(stored: Sequence[StoredRule], rule: Rule) -> StoredRule:
    name = clean_header(rule.name)
    before = _of(stored, rule.id) if rule.id else next((one for one in stored if one.rule.name == name), None)
    if before is None:
        return StoredRule(replace(rule, name=name, revision=1), 0)
    is_same = is_same_revision(before.rule, rule)
    revision = before.rule.revision + (0 if is_same else 1)
    known = replace(rule, name=name, id=before.rule.id, revision=revision)
    return StoredRule(known, before.revision_id if is_same else 0)


def _of(stored: Iterable[StoredRule], name_or_id: str | int) -> StoredRule:
    for one in stored:
        if name_or_id in (one.rule.id, one.rule.name):
            return one
    raise NotFoundError("There is no such rule for this owner.", code="rule_not_found")
