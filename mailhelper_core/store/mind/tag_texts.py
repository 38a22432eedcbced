"""What the owner wrote of a tag, rules and saved searches: it follows when the tag gets another name, and goes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

from mailhelper_core.model.rules.rule import Action
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import rules, tags
from mailhelper_core.store.mind.rule_rows import content
from mailhelper_core.store.mind.rules import StoredRule
from mailhelper_core.store.search import saved
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import tag_entries

_r, _v = t.rules.c, t.rule_revisions.c


@dataclass(frozen=True, slots=True)
class Renaming:
    """A tag that is called otherwise now, or that another one stands for, and how what was written says so."""

    was: str
    became: str
    is_merge: bool
    query: Callable[[str], str]
    action: Callable[[Action], Action]


def follow(uow: UnitOfWork, renaming: Renaming) -> dict[str, Any]:
    """Write rules and saved searches anew where they name the tag; answer what `restore` needs, by its key."""
    uow.lock_owner()  # who saves a rule or a search meanwhile waits
    told = [*_rules(uow, renaming), *_searches(uow, renaming)]
    tag_entries.follow(uow, renaming.was, renaming.became)
    names = {"was": renaming.was, "became": renaming.became, "is_merge": renaming.is_merge}
    return {"retold": {**names, "texts": told}} if told else {}


def restore(uow: UnitOfWork, retold: Mapping[str, Any]) -> tuple[int, int]:
    """Let rules and saved searches say again what they said, once the tag is back; answer how many do, and do not.

    Left is what was edited since; what was deleted since, or says it already, does not count.
    """
    is_back = tags.find(uow, retold["was"]) is not None
    if not is_back or (not retold["is_merge"] and tags.find(uow, retold["became"]) is not None):
        return 0, len(retold["texts"])
    uow.lock_owner()
    if not retold["is_merge"]:
        tag_entries.follow(uow, retold["became"], retold["was"])
    by_id = {one.rule.id: one for one in rules.every(uow)}
    by_name = {one.name: one.query for one in saved.every(uow)}
    undone = left = 0
    for text in retold["texts"]:
        rule, search = by_id.get(text.get("rule_id", 0)), by_name.get(text.get("search", ""))
        if rule is not None and content(rule.rule) == tuple(text["became"]):
            _rewrite(uow, rule, text["was"])
            undone += 1
        elif rule is None and search is not None and search == text["became"]:
            saved.rewrite(uow, text["search"], text["was"])
            undone += 1
        elif not _says(rule, search, text["was"]):
            left += 1
    return undone, left


def _says(rule: StoredRule | None, search: str | None, was: Any) -> bool:
    """Say whether a text is gone, or says what it said."""
    if rule is not None:
        return content(rule.rule) == tuple(was)
    return search is None or search == was


def _rules(uow: UnitOfWork, renaming: Renaming) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for one in rules.every(uow):
        actions = tuple(map(renaming.action, one.rule.then))
        was = content(one.rule)
        became = content(replace(one.rule, when=renaming.query(one.rule.when), then=actions))
        if became != was:
            _rewrite(uow, one, became)
            told.append({"rule_id": one.rule.id, "was": was, "became": became})
    return told


def _searches(uow: UnitOfWork, renaming: Renaming) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for one in saved.every(uow):
        became = renaming.query(one.query)
        if became != one.query:
            saved.rewrite(uow, one.name, became)
            told.append({"search": one.name, "was": one.query, "became": became})
    return told


def _rewrite(uow: UnitOfWork, one: StoredRule, content: Sequence[str]) -> None:
    """Let a rule say the same in other words: they get the next number, and what it said stays in its history.

    The row is kept, for it is what hits name: to act again on the same messages would be wrong.
    """
    mine = _v.id == one.revision_id
    before = uow.execute(select(t.rule_revisions).where(mine)).one()
    kept = {name: value for name, value in before._mapping.items() if name != "id"}
    when, then = content
    words = {"when_text": when, "then_json": then, "actor": uow.actor, "created_at": uow.now}
    uow.execute(update(t.rule_revisions).where(mine).values(revision=before.revision + 1, **words))
    uow.execute(insert(t.rule_revisions).values(kept))
    uow.execute(update(t.rules).where(_r.id == one.rule.id).values(revision=before.revision + 1))
