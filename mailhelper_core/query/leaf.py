"""One test of a criteria tree, compiled to a function of the message and the place it is asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import PluginError
from mailhelper_core.model.extension import Condition, Context, ContextOf, Provided, Registry
from mailhelper_core.model.mail.keyword import normalize_keyword
from mailhelper_core.model.mail.message import MailFacts, Place
from mailhelper_core.model.mail.words import fold, fold_address, words
from mailhelper_core.model.mind.tag import fold_tag, read_suggested
from mailhelper_core.model.rules.criteria import ADDRESS_FIELDS, FIELDS, PLACE_STATES, Is, is_presence
from mailhelper_core.model.rules.ranges import is_range, read_range
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.query.check import is_me
from mailhelper_core.query.pattern import compile_pattern
from mailhelper_core.query.view import MessageView, waiting_tags

# None: a plugin condition could not answer; neither the test nor its opposite holds.
Test = Callable[[MessageView, Place], bool | None]


@dataclass(frozen=True, slots=True)
class MatchContext:
    """What conditions may know besides the message: the moment, the owner's time zone, plugins, account names."""

    now: datetime
    time_zone: tzinfo = UTC
    registry: Registry = field(default_factory=Registry)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)
    account_names: Mapping[int, str] = field(default_factory=dict)
    context_of: ContextOf = lambda plugin: Context("")


def compile_test(leaf: Is, context: MatchContext) -> Test:
    """Answer the function that tests this; the leaf was checked when it was read."""
    if leaf.field not in FIELDS:
        return _plugin(leaf, context)
    if is_range(leaf):
        return _range(leaf, context)
    special = _SPECIAL.get(leaf.field)
    if special:
        return special(leaf, context)
    if FIELDS[leaf.field].type == "words":
        return _WORDS[leaf.operator](leaf)
    return _exact(leaf)


def cost(leaf: Is) -> int:
    """Answer how dear a test is: those of a group are asked from the cheapest to the dearest."""
    if leaf.field not in FIELDS:
        return 4
    if leaf.operator == "~":
        return 3
    return 2 if leaf.field in ("body", "any", "header") else int(FIELDS[leaf.field].type == "words")


def _words(leaf: Is) -> Test:
    if is_me(leaf):
        return _me(leaf)
    name, header = leaf.field, leaf.name
    if is_presence(leaf):
        return lambda view, _: bool(view.texts(name, header))
    end = "" if leaf.prefix else " "
    phrase = f" {' '.join(words(leaf.value))}{end}"

    def holds(view: MessageView, _: Place) -> bool:
        for value in view.words(name, header):  # noqa: SIM110 - twice as fast as any()
            if phrase in value:
                return True
        return False

    return holds


def _me(leaf: Is) -> Test:
    name = leaf.field

    def holds(view: MessageView, _: Place) -> bool:
        own = view.own_addresses
        return any(fold_address(address.addr_spec) in own for address in view.addresses(name))

    return holds


def _whole(leaf: Is) -> Test:
    name, header = leaf.field, leaf.name
    value = fold_address(leaf.value) if name in ADDRESS_FIELDS and "@" in leaf.value else fold(leaf.value)
    if not value:
        return lambda view, _: not any(view.texts(name, header))
    return lambda view, _: value in view.folded(name, header)


def _pattern(leaf: Is) -> Test:
    name, header, search = leaf.field, leaf.name, compile_pattern(leaf.value)
    return lambda view, _: any(search(text) is not None for text in view.texts(name, header))


_CONDITION = "condition"
_WORDS = {":": _words, "=": _whole, "~": _pattern}


def _exact(leaf: Is) -> Test:
    name, value = leaf.field, fold(leaf.value)
    if is_presence(leaf):
        return lambda view, _: bool(view.texts(name))
    if leaf.prefix:
        return lambda view, _: any(known.startswith(value) for known in view.folded(name))
    return lambda view, _: value in view.folded(name)


def _domain(leaf: Is, _: MatchContext) -> Test:
    # Not folded: bücher.example must not pass for bucher.example.
    value = leaf.value.lower().lstrip("@")
    below = f".{value}"
    if leaf.prefix:
        return lambda view, _: bool(view.message.from_.domain) and view.message.from_.domain.startswith(value)
    if leaf.operator == "=":
        return lambda view, _: view.message.from_.domain == value
    return lambda view, _: view.message.from_.domain == value or view.message.from_.domain.endswith(below)


def _message_id(leaf: Is, _: MatchContext) -> Test:
    bare = replace(leaf, value=leaf.value.strip("<>"))
    return _exact(bare) if bare.value or bare.prefix else _whole(bare)


def _in(leaf: Is, _: MatchContext) -> Test:
    value, prefix, with_role = fold(leaf.value), leaf.prefix, leaf.operator == ":"

    def holds(_view: MessageView, place: Place) -> bool:
        name = fold(place.mailbox)
        if prefix:
            return bool(name) and name.startswith(value)
        return name == value or (with_role and place.role == value)

    return holds


def _is(leaf: Is, _: MatchContext) -> Test:
    if leaf.value == "bulk":
        return lambda view, _: view.message.facts.is_bulk
    if leaf.value == "automatic":
        return lambda view, _: view.message.facts.is_auto
    keyword, wanted = PLACE_STATES[leaf.value]
    # By its name: a mailbox that a plan only makes has no id yet.
    return lambda _view, place: place.mailbox != "" and (keyword in place.keywords) is wanted


def _keyword(leaf: Is, _: MatchContext) -> Test:
    if leaf.prefix:
        start = leaf.value.lower()
        return lambda _view, place: any(keyword.lower().startswith(start) for keyword in place.keywords)
    value = normalize_keyword(leaf.value) or leaf.value
    return lambda _view, place: value in place.keywords


def _has(leaf: Is, _: MatchContext) -> Test:
    return _PRESENT[leaf.value]


_PRESENT: dict[str, Test] = {
    "attachment": lambda view, _: view.message.has_attachments,
    "tag": lambda view, _: bool(view.message.tags),
    "list": lambda view, _: view.message.facts.is_list,
    "unsubscribe": lambda view, _: bool(view.message.facts.list_unsubscribe),
    "calendar": lambda view, _: bool(view.message.facts.calendar_method),
}


def _answer(leaf: Is, _: MatchContext) -> Test:
    said, wanted = _ANSWERS[leaf.field], leaf.value == "yes"
    return lambda view, _: said(view.message.facts) is wanted


# None where nobody said yes or no.
_ANSWERS: dict[str, Callable[[MailFacts], bool | None]] = {
    "reply_to_differs": lambda facts: facts.reply_to_differs,
    "spam_flag": lambda facts: facts.spam_flag,
}


def _account(leaf: Is, context: MatchContext) -> Test:
    value, names = fold(leaf.value), context.account_names
    wanted = frozenset(
        number
        for number, name in names.items()
        if fold(name) == value or (leaf.prefix and fold(name).startswith(value))
    )
    if leaf.prefix:
        return lambda view, _: not value or view.message.account_id in wanted
    return lambda view, _: view.message.account_id in wanted or str(view.message.account_id) == value


def _suggested(leaf: Is, _: MatchContext) -> Test:
    if leaf.prefix:
        return _exact(leaf)
    name, least = read_suggested(leaf.value)
    return lambda view, _: any(fold_tag(one) == name and sure >= least for one, sure in waiting_tags(view.message))


def _id(leaf: Is, _: MatchContext) -> Test:
    value = int(leaf.value)
    return lambda view, _: view.message.id == value


def _thread(leaf: Is, _: MatchContext) -> Test:
    value = int(leaf.value)
    return lambda view, _: view.message.thread_id == value


_SPECIAL: dict[str, Callable[[Is, MatchContext], Test]] = {
    "domain": _domain,
    "message_id": _message_id,
    "in_reply_to": _message_id,
    "reply_to_differs": _answer,
    "spam_flag": _answer,
    "in": _in,
    "is": _is,
    "keyword": _keyword,
    "has": _has,
    "suggested": _suggested,
    "account": _account,
    "id": _id,
    "thread": _thread,
}


def _range(leaf: Is, context: MatchContext) -> Test:
    wanted = read_range(leaf, now=context.now, time_zone=context.time_zone)
    attribute, name, low, high = wanted.attribute, wanted.name, wanted.low, wanted.high

    def holds(view: MessageView, _: Place) -> bool:
        value = view.attribute(attribute, name)
        if value is None:
            return False
        return (low is None or value >= low) and (high is None or value < high)  # type: ignore[operator]  # one kind

    return holds


def _plugin(leaf: Is, context: MatchContext) -> Test:
    provided = context.registry.conditions.get(leaf.field)
    if provided is None:
        note = ErrorNote(
            f"condition:{leaf.field}", "condition_missing", "the plugin of this condition is not installed"
        )
        return lambda view, _: view.answer(leaf, lambda: _failed(view, note))
    matches = provided.provider.matches
    try:
        argument = context.dispatcher.call(
            provided.plugin, leaf.field, lambda: provided.provider.argument(leaf.value), kind=_CONDITION
        )
        known = (argument, context.context_of(provided.plugin)) if takes_context(matches, 3) else (argument,)
    except PluginError as exc:
        broken = ErrorNote.of(f"condition:{leaf.field}", exc)
        return lambda view, _: view.answer(leaf, lambda: _failed(view, broken))
    return lambda view, _: view.answer(leaf, lambda: _ask(view, provided, known, context.dispatcher))


def _ask(
    view: MessageView, provided: Provided[Condition], known: tuple[object, ...], dispatcher: Dispatcher
) -> bool | None:
    name = provided.provider.name
    try:
        given, matches = provided.given(view.message), provided.provider.matches
        said: object = dispatcher.call(provided.plugin, name, lambda: matches(given, *known), kind=_CONDITION)
        if not isinstance(said, bool):
            # numpy's is called bool, too, and is none.
            kind = f"{type(said).__module__}.{type(said).__name__}".removeprefix("builtins.")
            problem = f"answered {kind}, not bool; write bool(...)"
            raise dispatcher.reject(provided.plugin, name, problem, kind=_CONDITION)
    except PluginError as exc:
        return _failed(view, ErrorNote.of(f"condition:{name}", exc))
    return said


def note_failure(view: MessageView, note: ErrorNote) -> None:
    """Name what failed, once."""
    if note not in view.errors:
        view.errors.append(note)


def _failed(view: MessageView, note: ErrorNote) -> bool | None:
    note_failure(view, note)
    return None
