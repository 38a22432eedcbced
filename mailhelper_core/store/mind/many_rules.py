"""Many rules saved at once, as an import has them: a statement or two for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import reserve_ids
from mailhelper_core.store.mind import rules as stored_rules
from mailhelper_core.store.mind import waits
from mailhelper_core.store.mind.rule_rows import columns, revision
from mailhelper_core.store.mind.rules import StoredRule
from mailhelper_core.store.unit_of_work import UnitOfWork

_r = t.rules.c
_SCHEDULE = ("schedule", "next_run_at", "due_at")


def save_all(uow: UnitOfWork, rules: Sequence[Rule], known: Mapping[str, StoredRule]) -> list[Rule]:
    """Save rules of different names as `save` does, those of no known name behind all others; answer them as saved.

    They act in the order given, in the places that they have among all rules. known are the owner's rules by name, read
    under the lock of the owner.
    """
    before = [known[rule.name].rule if rule.name in known else None for rule in rules]
    new = iter(reserve_ids(uow.connection, t.rules, before.count(None)))
    ids = [one.id if one else next(new) for one in before]
    changed = [
        one is None or not stored_rules.is_same_revision(one, rule) for one, rule in zip(before, rules, strict=True)
    ]
    numbers = [(one.revision if one else 0) + is_new for one, is_new in zip(before, changed, strict=True)]
    last = int(uow.connection.scalar(select(func.max(_r.position)).where(_r.owner_id == uow.owner_id)) or 0)
    fresh: list[dict[str, Any]] = []
    renewed: list[dict[str, Any]] = []
    for rule, one, id_, number in zip(rules, before, ids, numbers, strict=True):
        values = columns(uow, rule, one) | {"revision": number}
        if one is None:
            fresh.append({"id": id_, "owner_id": uow.owner_id, "position": last + len(fresh) + 1, **values})
        else:
            schedule = {name: values.pop(name) for name in _SCHEDULE if name in values}
            renewed.append({f"new_{name}": value for name, value in values.items()} | {"rule_id": id_})
            if schedule:
                uow.execute(update(t.rules).where(_r.id == id_).values(schedule))
            waits.look_again(uow, one, rule)
    _insert(uow, t.rules, fresh)
    _change(uow, renewed)
    revisions = zip(rules, ids, numbers, changed, strict=True)
    _insert(
        uow,
        t.rule_revisions,
        [revision(uow, id_, number, rule) for rule, id_, number, is_new in revisions if is_new],
    )
    kept = zip(rules, before, ids, numbers, strict=True)
    _note_sources(uow, [(id_, number, rule.source) for rule, one, id_, number in kept if _has_other_source(one, rule)])
    _put_in_order(uow, ids)
    saved = {one.rule.id: one.rule for one in stored_rules.every(uow)}
    return [saved[id_] for id_ in ids]


def _has_other_source(before: Rule | None, rule: Rule) -> bool:
    if before is None or not stored_rules.is_same_revision(before, rule):
        return False
    return rule.source not in ("", before.source)


def _note_sources(uow: UnitOfWork, rows: Sequence[tuple[int, int, str]]) -> None:
    """Note the text that rules come from now: other comments around the same deeds make no revision."""
    v = t.rule_revisions.c
    if rows:
        this = (v.rule_id == bindparam("of_rule"), v.revision == bindparam("of_revision"))
        statement = update(t.rule_revisions).where(*this).values(source_text=bindparam("source"))
        named = [{"of_rule": id_, "of_revision": number, "source": source} for id_, number, source in rows]
        uow.execute(statement, named)


def _put_in_order(uow: UnitOfWork, ids: Sequence[int]) -> None:
    places = {one.rule.id: one.rule.position for one in stored_rules.every(uow)}
    free = sorted(places[id_] for id_ in ids)
    moved = [{"rule_id": id_, "place": at} for id_, at in zip(ids, free, strict=True) if places[id_] != at]
    if moved:
        uow.execute(update(t.rules).where(_r.id == bindparam("rule_id")).values(position=bindparam("place")), moved)


def _insert(uow: UnitOfWork, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:  # Any: t.rules answers lazily
    if rows:
        uow.execute(insert(table), rows)


def _change(uow: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        names = [name for name in rows[0] if name != "rule_id"]
        values: dict[str, Any] = {name.removeprefix("new_"): bindparam(name) for name in names}
        uow.execute(update(t.rules).where(_r.id == bindparam("rule_id")).values(values), rows)
