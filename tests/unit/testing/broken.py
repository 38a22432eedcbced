"""Providers that break their contract in one thing; each maker answers the check that must name them."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table, Text

from mailhelper_core import (
    ActionType,
    AddTag,
    Classifier,
    Completion,
    Condition,
    Context,
    Effect,
    Embedder,
    PluginTables,
    Provider,
    Recognizer,
    TagSuggester,
    TokenProvider,
    TokenRequest,
    hookimpl,
)
from mailhelper_core.testing import (
    check_action,
    check_blob_store,
    check_classifier,
    check_condition,
    check_delivery,
    check_embedder,
    check_plugin,
    check_provider,
    check_recognizer,
    check_tables,
    check_tag_suggester,
    check_token_provider,
)

REQUEST = TokenRequest("ada", "imap.example.org", "refresh-secret", owner="ada")
RAW = b"From: bob@example.org\r\nSubject: One\r\n\r\nText\r\n"
counter = itertools.count()
logger = logging.getLogger("tests.broken")


def says(opinion: Any) -> Callable[..., Any]:
    return lambda messages: [opinion] * len(messages)


def spoils(messages: Sequence[Any], *_: Any) -> Any:
    for message in messages if isinstance(messages, tuple | list) else [messages]:
        object.__setattr__(message, "subject", "spoilt")
    return [None] * len(messages) if isinstance(messages, tuple | list) else []


def unprocessed(message: Any, _: object) -> Any:
    """Tag a message that nobody has judged; fail at what a journey makes of it."""
    return [AddTag(message.id, ("new",)[message.urgency or 0])]


def classifier(classify: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_classifier(Classifier("bad", classify, **more))


def suggester(suggest: Callable[..., Any]) -> Callable[[], None]:
    return lambda: check_tag_suggester(TagSuggester("bad", suggest))


def condition(matches: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_condition(Condition("bad", matches, **more), "1")


def fickle(seen: set[int]) -> Callable[..., bool]:
    return lambda message, _: message.id in seen or bool(seen.add(message.id))  # type: ignore[func-returns-value]


def action(plan: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_action(ActionType("bad", plan, **more))


def keyed(effect: Effect, context: Context, told: list[int]) -> None:
    """Do a thing once."""
    if context.operation_id not in told:
        told.append(context.operation_id)


def delivery(
    deliver: Callable[..., Any], undo: Callable[..., Any] | None = None, *, plan: Any = None, name: str = "bad"
) -> Callable[[], None]:
    """Answer the check of an action that is to be done once; what it does is a list."""

    def check() -> None:
        told: list[int] = []
        action = ActionType(
            name,
            plan or (lambda message, _: [Effect(message.id, "bad")]),
            deliver=lambda effect, context: deliver(effect, context, told),
            undo=undo and (lambda effect, context: undo(effect, context, told)),
        )
        check_delivery(SimpleNamespace(register_actions=hookimpl(lambda: [action])), "bad", heard=lambda _: told)

    return check


def embedder(embed: Callable[..., Any], **more: Any) -> Callable[[], None]:
    return lambda: check_embedder(Embedder("bad", embed, 2, **more))


def recognizer(find: Callable[[str], Any], **more: Any) -> Callable[[], None]:
    return lambda: check_recognizer(Recognizer("bad", find), **more)


def answers(request: Any) -> Completion:
    return Completion("yes")


def provider(complete: Callable[..., Any] = answers, *, broken: Any = None, **more: Any) -> Callable[[], None]:
    failing = {} if broken is None else {"away": Provider("bad", broken)}
    return lambda: check_provider(Provider("bad", complete, **more), **failing)


def tokens(token: Callable[[TokenRequest], Any], **more: Any) -> Callable[[], None]:
    return lambda: check_token_provider(TokenProvider("bad", token), REQUEST, **more)


def logs(words: Callable[[Any], str], answer: Any) -> Callable[[Any], Any]:
    def call(request: Any) -> Any:
        logger.debug("asked about %s", words(request))
        return answer

    return call


def refuses(error: Exception) -> Callable[[Any], Any]:
    def call(request: Any) -> Any:
        if getattr(request, "secret", "ended") == "ended":
            raise error
        return "t0ken"

    return call


@dataclass
class Showing:
    """A token provider whose repr is not careful."""

    kept: str = "token-1"

    def __call__(self, request: TokenRequest) -> str:
        return self.kept


@dataclass
class Shelf:
    """A blob store that does one thing otherwise."""

    fault: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        self.kept[self._key(key)] = data[:-1] if self.fault == "shortens" else data

    def get(self, key: str) -> bytes:
        if self.fault == "invents":
            return self.kept.get(key, b"")
        if self.fault == "files" and key not in self.kept:
            raise FileNotFoundError(key)
        found = self.kept[self._key(key)]
        return bytearray(found) if self.fault == "lends" else found

    def delete(self, key: str) -> None:
        if self.fault == "insists":
            del self.kept[key]
        elif self.fault != "keeps":
            self.kept.pop(self._key(key), None)

    def _key(self, key: str) -> str:
        return key.partition("/")[2] if self.fault == "shares" else key


def shelf(fault: str, **more: Any) -> Callable[[], None]:
    return lambda: check_blob_store(Shelf(fault), **more)


REVISION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "b1", None
def upgrade(): {}
"""
MAKE = 'op.create_table("mailhelper_x_bad_rows", sa.Column("id", sa.Integer(), primary_key={}), {})'


def tables(upgrade: str, *, name: str = "mailhelper_x_bad_rows", has_key: bool = True) -> Callable[[Path], None]:
    metadata = MetaData()
    Table(name, metadata, Column("id", Integer, primary_key=has_key), Column("words", Text))

    def check(versions: Path) -> None:
        (versions / "b1.py").write_text(REVISION.format(upgrade), encoding="utf-8")
        check_tables(PluginTables("bad", metadata, str(versions)))

    return check


def plugin(**hooks: Any) -> Callable[[], None]:
    module = SimpleNamespace(__name__="bad")
    for name, providers in hooks.items():
        setattr(module, name, hookimpl(lambda providers=providers: providers))
    return lambda: check_plugin(module)


class Observing:
    """A plugin that hears of messages and of what is measured, one by one."""

    def __init__(self, **hears: Callable[[Any], Any]) -> None:
        self.hears = hears

    @hookimpl
    def message_stored(self, stored: Sequence[Any]) -> None:
        self._hear("message_stored", stored)

    @hookimpl
    def metric(self, metrics: Sequence[Any]) -> None:
        self._hear("metric", metrics)

    def _hear(self, hook: str, news: Sequence[Any]) -> None:
        for one in news if hook in self.hears else ():
            self.hears[hook](one)


def observer(**hears: Callable[[Any], Any]) -> Callable[[], None]:
    return lambda: check_plugin(Observing(**hears))
