"""What the fields of a provider may hold, by kind: looked at when a plugin loads, so that nothing stumbles later."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from inspect import iscoroutinefunction
from numbers import Real
from types import MappingProxyType
from typing import Any, get_args

from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.ai.recognizer import Recognizer
from mailhelper_core.model.extension import (
    ActionType,
    Classifier,
    Condition,
    Cost,
    ReadyRule,
    SourceType,
    TagSuggester,
)
from mailhelper_core.model.mail.contents import BlobStoreType
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.setting import Setting
from mailhelper_core.model.signature import can_take, parameters_of
from mailhelper_core.model.source.token import Mechanism, TokenProvider

# What stands in the database beside each opinion and vector, and is shown in one line.
MAX_WORD_CHARACTERS = 100
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*\Z")
_SEVERAL = (tuple, list, set, frozenset)
_PLAIN = (str, int, float, bool, type(None))
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """What a field may hold: a test of it, and its name in a sentence."""

    wanted: str
    fits: Callable[[Any], bool]
    shown: Callable[[Any], str] | None = None  # what came instead, where that is told otherwise than by its value


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and len(value) <= MAX_WORD_CHARACTERS


def _is_filled(value: object) -> bool:
    return value != "" and _is_word(value)


def _is_number(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _is_share(value: Any) -> bool:
    is_number = isinstance(value, Real) and not isinstance(value, bool)
    return value is None or (is_number and 0 <= float(value) <= 1)  # NaN is in no range


def _is_metadata(value: object) -> bool:
    # SQLAlchemy's, which only the store knows.
    tables = getattr(value, "tables", None)
    return isinstance(tables, Mapping) and all(isinstance(name, str) for name in tables)


def _one_of(closed: Any) -> Kind:
    words: tuple[str, ...] = get_args(closed)
    return Kind(" or ".join(map(repr, words)), lambda value: isinstance(value, str) and value in words)


def _several(wanted: str, is_one: Callable[[object], bool], *, ordered: bool = False, least: int = 0) -> Kind:
    kinds = (tuple, list) if ordered else _SEVERAL
    return Kind(wanted, lambda value: isinstance(value, kinds) and len(value) >= least and all(map(is_one, value)))


def _function(*names: str, context: bool = False, optional: bool = False) -> Kind:
    """Answer what a function must be that is called with these arguments, in this order."""
    forms = [names, (*names, "context")] if context else [names]
    wanted = " or ".join(f"({', '.join(form)})" for form in forms)

    def fits(value: object) -> bool:
        if not callable(value):
            return optional and value is None
        return not iscoroutinefunction(value) and can_take(value, len(names), context=context)

    return Kind(f"a function of {wanted}{' or None' if optional else ''}", fits, _shown_function)


def _shown_function(value: object) -> str:
    if not callable(value):
        return shown(value)
    return "an async one" if iscoroutinefunction(value) else f"one of {parameters_of(value)}"[:_SHOWN_CHARACTERS]


_READER = _function("text")
_DELIVERS = _function("effect", context=True, optional=True)
_TEXT = Kind("a text", lambda value: isinstance(value, str))
_VERSION = Kind(f"a text of at most {MAX_WORD_CHARACTERS} characters", _is_word)
_YES_OR_NO = Kind("True or False", lambda value: isinstance(value, bool))
_FROM_0 = Kind("a whole number from 0", lambda value: _is_number(value) and value >= 0)
_SHARE = Kind("a number from 0 to 1, or None", _is_share)
_FROM_1 = Kind("a whole number from 1", lambda value: _is_number(value) and value >= 1)
_ANYTHING = Kind("anything", lambda _: True)
_KINDS = _several('a tuple of at least one text, such as ("category",)', _is_filled, ordered=True, least=1)
_LABELS = _several('a tuple of texts, such as ("invoice",)', _is_filled)
_SCHEMES = _several(
    'a tuple of URL schemes in lower case, such as ("pop3",)',
    lambda one: isinstance(one, str) and _SCHEME.match(one) is not None,
    least=1,
)
_RULE = Kind("a Rule", lambda value: isinstance(value, Rule))
_METADATA = Kind("SQLAlchemy's MetaData", _is_metadata)
_FOLDER = Kind('a folder of revisions, such as "shop:versions"', lambda value: isinstance(value, str) and value != "")

# The name, which all kinds have, is looked at where it is registered.
FIELDS: Mapping[type, Mapping[str, Kind]] = MappingProxyType(
    {
        SourceType: {"schemes": _SCHEMES, "connect": _function("endpoint"), "needs_secret": _YES_OR_NO},
        Classifier: {
            "classify": _function("messages", context=True), "kinds": _KINDS, "labels": _LABELS, "version": _VERSION,
            "cost": _one_of(Cost), "train": _function("examples", optional=True), "reliability": _SHARE,
        },
        TagSuggester: {"suggest": _function("messages", context=True), "version": _VERSION, "cost": _one_of(Cost)},
        Condition: {
            "matches": _function("message", "argument", context=True), "argument": _READER,
            "narrows": _function("argument", optional=True), "help": _TEXT,
        },
        ActionType: {
            "plan": _function("message", "argument", context=True), "argument": _READER,
            "deliver": _DELIVERS, "undo": _DELIVERS, "help": _TEXT, "max_characters": _FROM_0,
        },
        ReadyRule: {"help": _TEXT, "rule": _RULE},
        TokenProvider: {"token": _function("request"), "mechanism": _one_of(Mechanism)},
        Provider: {
            "complete": _function("request"), "embed": _function("request", optional=True),
            "models": _function(optional=True), "model": _TEXT, "strong_model": _TEXT, "embedding_model": _TEXT,
            "local": _YES_OR_NO, "price_in": _FROM_0, "price_out": _FROM_0,
        },
        Embedder: {
            "embed": _function("texts", "state"), "dimension": _FROM_1, "version": _VERSION,
            "fit": _function("texts", optional=True),
        },
        Recognizer: {"find": _function("text"), "strict": _YES_OR_NO},
        BlobStoreType: {"schemes": _SCHEMES, "open": _function("url")},
        Setting: {"parse": _READER, "default": _ANYTHING, "help": _TEXT, "secret": _YES_OR_NO},
        PluginTables: {"metadata": _METADATA, "migrations": _FOLDER},
    }
)  # fmt: skip


def wrong_fields(provider: object, kind: type) -> Iterator[str]:
    """Say of each field that cannot be used what it must be, and what it is."""
    for name, field in FIELDS[kind].items():
        try:
            value: object = getattr(provider, name)
            fits = field.fits(value)
        except KeyboardInterrupt:
            raise
        except BaseException as exc:  # noqa: BLE001 - a provider can be of a class of the plugin's own
            yield f"{name} raised {type(exc).__name__}"
            continue
        if not fits:
            yield f"{name} must be {field.wanted}, not {(field.shown or shown)(value)}"


def shown(value: object) -> str:
    """Answer a value of a plugin's in a few characters: numbers and texts as they are, all else by its type."""
    parts = value if type(value) in (tuple, list) else (value,)
    if all(type(part) in _PLAIN for part in parts):  # type: ignore[attr-defined]
        return repr(value)[:_SHOWN_CHARACTERS]
    return "a class" if isinstance(value, type) else type(value).__name__
