"""The messages that rules look at, a batch at a time: those that wait, or those that a query finds, oldest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from mailhelper_core.mime.parse import parse_headers
from mailhelper_core.model.criteria import EVERYTHING, AllOf, AnyOf, Criteria, fields_used
from mailhelper_core.model.directory import Directory
from mailhelper_core.model.message import MessageDetail
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.match import compile_criteria
from mailhelper_core.query.narrow import narrowed
from mailhelper_core.query.view import MessageView
from mailhelper_core.rules.engine import CompiledRule
from mailhelper_core.store import find, messages, pending, rules, shown
from mailhelper_core.store.criteria import compile_bounds
from mailhelper_core.store.find import Key
from mailhelper_core.store.unit_of_work import UnitOfWork

STAGE: pending.Stage = "rules"


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages with all that deciding about them needs; `ids` also names those that were left out."""

    ids: tuple[int, ...] = ()
    details: tuple[MessageDetail, ...] = ()
    settled: dict[int, set[tuple[int, int]]] = field(default_factory=dict)
    directories: dict[int, Directory] = field(default_factory=dict)
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages of a query the rules look at; those that no rule can match are never loaded."""

    criteria: Criteria
    context: MatchContext
    with_headers: bool

    @classmethod
    def of(
        cls, query: Criteria, compiled: Sequence[CompiledRule], context: MatchContext, built_in: Collection[str]
    ) -> Selection:
        """Narrow a query to what some rule matches as it is now: a message that no rule matches never changes."""
        reached = EVERYTHING if any(one.rule.otherwise for one in compiled) else _any_of(compiled)
        return cls(AllOf((query, reached)), context, needs_headers(compiled, built_in))

    def batch(self, uow: UnitOfWork, size: int, after: Key | None) -> Batch:
        """Answer the next messages; `after` of the answer is None at the end."""
        bounds = compile_bounds(
            uow, self.criteria, now=self.context.now, time_zone=self.context.time_zone,
            narrow=lambda leaf: narrowed(leaf, self.context),
        )  # fmt: skip
        found = find.find(uow, bounds, sort="oldest", limit=size, after=after)
        loaded = load(uow, [one.id for one in found], with_headers=self.with_headers)
        if not bounds.is_exact:
            matcher = compile_criteria(self.criteria, self.context)
            sure = {one.id for one in found if one.sure}
            kept = [one for one in loaded.details if one.id in sure or matcher.matches(MessageView(one))]
            loaded = Batch(tuple(one.id for one in kept), tuple(kept), loaded.settled, loaded.directories)
        following = found[-1].key if len(found) == size else None
        return Batch(loaded.ids, loaded.details, loaded.settled, loaded.directories, following)


def waiting(uow: UnitOfWork, account_id: int, size: int, *, after: int, with_headers: bool) -> Batch:
    """Answer the oldest messages of an account that wait for the rules; not those nobody has judged yet."""
    ids = pending.take(uow, STAGE, account_id, size, after=after, unless="process")
    return load(uow, ids, with_headers=with_headers)


def load(uow: UnitOfWork, ids: Sequence[int], *, with_headers: bool) -> Batch:
    """Answer these messages."""
    decode = _decode_headers if with_headers else None
    details = messages.details(uow, ids, decode_headers=decode) if ids else []
    directories = {one: shown.directory(uow, one) for one in {detail.account_id for detail in details}}
    return Batch(tuple(ids), tuple(details), rules.settled(uow, ids), directories)


def needs_headers(compiled: Sequence[CompiledRule], built_in: Collection[str]) -> bool:
    """Say whether a rule looks at header fields, or hands messages to plugins, who may."""
    return any(
        "header" in fields_used(one.matcher.criteria)
        or one.matcher.has_plugins
        or any(step.plugin not in built_in for step in one.steps)
        for one in compiled
    )


def _any_of(compiled: Sequence[CompiledRule]) -> Criteria:
    return AnyOf(tuple(one.matcher.criteria for one in compiled))


def _decode_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    return parse_headers(raw).headers
