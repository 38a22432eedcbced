"""Undo of tags that a change made itself: they go with it, unless something uses them by now."""

from __future__ import annotations

from mailhelper_core.model.mind.tag import Tag
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.rules.tagging import is_about_tag
from mailhelper_core.query.retag import names_tag
from mailhelper_core.store.mind import rules
from mailhelper_core.store.search import saved
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.store.work import made_tags


def remove_unused(uow: UnitOfWork, change_id: int) -> None:
    """Delete the tags that a change made which are as it made them, and which nothing bears or names."""
    idle = made_tags.idle(uow, change_id)
    if idle:
        made_tags.remove(uow, change_id, [tag for tag in idle if not _is_named(uow, tag)])


def _is_named(uow: UnitOfWork, tag: Tag) -> bool:
    by_rule = any(_says(one.rule, tag.name) for one in rules.every(uow))
    return by_rule or any(names_tag(one.query, tag.name) for one in saved.every(uow))


def _says(rule: Rule, name: str) -> bool:
    return names_tag(rule.when, name) or any(is_about_tag(action, name) for action in rule.then)
