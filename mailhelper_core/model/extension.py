"""What a plugin contributes: providers, the protocols they implement, and the Registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Generic, Literal, TypeVar

from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.ai.recognizer import Recognizer
from mailhelper_core.model.mail.contents import BlobStoreType
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import CATEGORIES, Opinion
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.model.rules.criteria import Criteria
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.setting import Setting
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.token import TokenProvider
from mailhelper_core.model.work.news import News
from mailhelper_core.model.work.operation import Operation

Cost = Literal["cpu", "network", "llm"]
Answer = Opinion | None | Sequence[Opinion]


@dataclass(frozen=True, slots=True)
class Context:
    """What a provider may know besides the messages.

    `begin()` is a context manager that answers a connection to the database, for a plugin with tables of its own:
    one transaction, committed at its end. What is left open when the provider returns is rolled back.
    """

    owner: str  # whose mail it is
    language: str = ""  # of the owner, empty where unknown
    state: bytes | None = field(default=None, repr=False)  # what `train` answered last, None without
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)  # of its plugin, by name
    tags: tuple[str, ...] = field(default=(), repr=False)  # the owner's, for tag suggesters
    begin: Callable[[], AbstractContextManager[Any]] | None = field(default=None, repr=False)  # see above
    operation_id: int = 0  # of the Effect that is carried out: the same at every try; 0 elsewhere
    public_hosts_only: bool = False  # of the host's Settings: who reaches out where owners say leaves out its network


# Answers what the providers of a plugin, by its name, may know.
ContextOf = Callable[[str], Context]


ClassifyBatch = Callable[..., Sequence[Answer]]


@dataclass(frozen=True, slots=True)
class Classifier:
    """Gives opinions: `classify(messages, context)` answers one Opinion, several or None per message.

    classify may omit `context`. kinds are the questions it answers, labels the categories it adds. reliability is how
    far its opinions count at first, from 0 to 1; None goes by cost. It falls where the owner disagrees.
    """

    name: str
    classify: ClassifyBatch
    kinds: tuple[str, ...] = ("category",)
    labels: tuple[str, ...] = ()
    version: str = "1"
    cost: Cost = "cpu"
    train: Callable[[Sequence[tuple[MessageDetail, str]]], bytes] | None = None
    reliability: float | None = None


@dataclass(frozen=True, slots=True)
class TagSuggester:
    """Suggests tags: `suggest(messages, context)` answers (tag, confidence) pairs for each message, in order.

    suggest may omit `context`. What is suggested waits for the owner's word. cost says what it needs; of what one
    that asks a model (`llm`) suggests, rules may tag and tell, and propose all else.
    """

    name: str
    suggest: Callable[..., Sequence[Sequence[tuple[str, float]]]]
    version: str = "1"
    cost: Cost = "cpu"


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests one message: `matches(message, argument)`, or `matches(message, argument, context)`.

    `argument` reads the text behind the colon when a rule or query is read; a ValueError becomes a
    QueryError with its position. `narrows(argument)` may answer a query in built-in words that every match
    satisfies, or None where there is none.
    """

    name: str
    matches: Callable[..., bool]
    argument: Callable[[str], object] = str
    narrows: Callable[[Any], str | Criteria | None] | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class ActionType:
    """Turns a rule's action into Operations or Effects: `plan(message, argument)`.

    `argument` reads the action's argument when a rule is saved, of at most `max_characters`. `deliver(effect)`
    carries out Effects from the outbox, `undo(effect)` takes them back. Each of the three may take a Context at its
    end.
    """

    name: str
    plan: Callable[..., Sequence[Operation]]
    argument: Callable[[str], object] = str
    deliver: Callable[..., None] | None = None
    undo: Callable[..., None] | None = None
    help: str = ""
    max_characters: int = 10_000  # a template for a webhook fits


@dataclass(frozen=True, slots=True)
class SourceType:
    """Opens mail sources: `connect(endpoint)` answers a session for one of these URL schemes."""

    name: str
    schemes: tuple[str, ...]
    connect: Callable[[Endpoint], MailSession]
    needs_secret: bool = False


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """A ready-made rule that an owner can adopt: a stable name, what it is for, and the rule."""

    name: str
    help: str
    rule: Rule


P = TypeVar(
    "P", Classifier, TagSuggester, Condition, ActionType, SourceType, ReadyRule, TokenProvider, Provider, Embedder,
    Recognizer, BlobStoreType, Setting, PluginTables,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provided(Generic[P]):
    """A provider and the plugin that contributed it."""

    plugin: str
    provider: P
    built_in: bool = False

    def given(self, message: MessageDetail) -> MessageDetail:
        """Answer what the provider is handed: of another's code a copy, which is all that it can spoil."""
        return message if self.built_in else copy(message)


@dataclass(frozen=True, slots=True)
class Observer:
    """A plugin's function behind one event hook; `tell(news)` hears what was committed."""

    plugin: str
    tell: Callable[[Sequence[News]], None]


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """A plugin as listed: name, version, what it registered, and what was wrong with it."""

    name: str  # its entry point, or the module's name
    version: str = ""  # of its distribution
    summary: str = ""  # of its distribution, one line
    provides: tuple[str, ...] = ()  # such as `classifiers:invoices`
    problems: tuple[str, ...] = ()  # why something of it is missing
    warnings: tuple[str, ...] = ()  # what of it will not work with a later contract
    built_in: bool = False  # whether it is part of mailhelper
    paused: tuple[str, ...] = ()  # its providers that this process leaves alone for a minute, after failures


@dataclass(frozen=True, slots=True)
class Registry:
    """All providers of one process, by name; made once by the plugin loader."""

    sources: Mapping[str, Provided[SourceType]] = field(default_factory=dict)  # by name, as all of them
    classifiers: Mapping[str, Provided[Classifier]] = field(default_factory=dict)  # what gives opinions
    suggesters: Mapping[str, Provided[TagSuggester]] = field(default_factory=dict)  # what suggests tags
    conditions: Mapping[str, Provided[Condition]] = field(default_factory=dict)  # words of queries
    actions: Mapping[str, Provided[ActionType]] = field(default_factory=dict)  # the built-in ones too
    rules: Mapping[str, Provided[ReadyRule]] = field(default_factory=dict)  # ready-made ones
    tokens: Mapping[str, Provided[TokenProvider]] = field(default_factory=dict)  # for logins with OAuth
    providers: Mapping[str, Provided[Provider]] = field(default_factory=dict)  # model services
    embedders: Mapping[str, Provided[Embedder]] = field(default_factory=dict)  # texts to vectors, on this machine
    recognizers: Mapping[str, Provided[Recognizer]] = field(default_factory=dict)  # what personal data looks like
    contents: Mapping[str, Provided[BlobStoreType]] = field(default_factory=dict)  # where raw messages can lie
    settings: Mapping[str, Provided[Setting]] = field(default_factory=dict)  # by `plugin/name`
    tables: Mapping[str, Provided[PluginTables]] = field(default_factory=dict)  # of plugins, beside ours
    observers: Mapping[str, tuple[Observer, ...]] = field(default_factory=dict)  # by the name of their event hook
    plugins: tuple[PluginInfo, ...] = ()  # in the order in which they were loaded
    public_hosts_only: bool = False  # what every Context says of the host's settings

    def source(self, scheme: str) -> Provided[SourceType] | None:
        """Answer the source type that opens URLs of this scheme."""
        return next((p for p in self.sources.values() if scheme in p.provider.schemes), None)

    def content(self, scheme: str) -> Provided[BlobStoreType] | None:
        """Answer the type of blob store that opens URLs of this scheme."""
        return next((p for p in self.contents.values() if scheme in p.provider.schemes), None)

    @property
    def model_classifiers(self) -> frozenset[str]:
        """Answer the classifiers that say they ask a language model: whoever writes a mail writes to it too."""
        return frozenset(name for name, one in self.classifiers.items() if one.provider.cost == "llm")

    @property
    def categories(self) -> frozenset[str]:
        """Answer the categories that messages can be given: the built-in ones, and those that classifiers add."""
        added = (label for one in self.classifiers.values() for label in one.provider.labels)
        return frozenset((*CATEGORIES, *added)) - {"*"}

    def settings_of(self, plugin: str) -> tuple[Setting, ...]:
        """Answer what an owner can set for a plugin."""
        return tuple(one.provider for one in self.settings.values() if one.plugin == plugin)

    def tables_of(self, plugin: str) -> tuple[PluginTables, ...]:
        """Answer the tables that a plugin brings along."""
        return tuple(one.provider for one in self.tables.values() if one.plugin == plugin)


def each(function: Callable[..., Answer]) -> ClassifyBatch:
    """Adapt a function of one message (and a Context, if it takes two arguments) to the batch that classifiers take."""

    @wraps(function)
    def batch(messages: Sequence[MessageDetail], *context: Context) -> list[Answer]:
        return [function(message, *context) for message in messages]

    return batch


def action_argument(action: Action) -> str:
    """Answer an action's argument as one text, named arguments as `name=value` joined by blanks."""
    named = " ".join(f"{key}={value}" for key, value in action.arguments)
    return " ".join(filter(None, (action.argument, named)))
