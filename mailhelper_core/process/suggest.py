"""Ask the tag suggesters about a batch: each isolated; what they suggest waits in the owner's queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from numbers import Real

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError, PluginError
from mailhelper_core.model.extension import Context, ContextOf, Provided, TagSuggester
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.tag import SuggestedTag, check_tag_name, fold_tag
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.report import ErrorNote

# Tags of one suggester for one message: more is noise that nobody looks through.
MAX_TAGS = 10
KIND = "suggester"
LLM = "llm"


def suggested(
    suggesters: Mapping[str, Provided[TagSuggester]],
    messages: Sequence[MessageDetail],
    *,
    context_of: ContextOf,
    tags: tuple[str, ...],
    dispatcher: Dispatcher,
) -> tuple[list[SuggestedTag], list[ErrorNote]]:
    """Answer what all suggesters say, and what went wrong; a suggester that fails costs its own suggestions."""
    found: list[SuggestedTag] = []
    errors: list[ErrorNote] = []
    for provided in suggesters.values():
        try:
            answer = _ask(provided, messages, replace(context_of(provided.plugin), tags=tags), dispatcher)
            found += _read(provided, answer, messages, dispatcher)
        except PluginError as exc:
            errors.append(ErrorNote.of(f"plugin:{provided.plugin}/{provided.provider.name}", exc))
    return found, errors


def by_names(found: Iterable[SuggestedTag], names: int) -> Iterator[list[SuggestedTag]]:
    """Yield what is suggested in parts of so many names; what goes by one name stays together, in its order."""
    by_name: dict[str, list[SuggestedTag]] = defaultdict(list)
    for one in found:
        by_name[fold_tag(one.name)].append(one)
    groups = iter(by_name.values())
    while part := list(islice(groups, names)):
        yield list(chain.from_iterable(part))


def _ask(
    provided: Provided[TagSuggester], messages: Sequence[MessageDetail], context: Context, dispatcher: Dispatcher
) -> object:
    suggest, messages = provided.provider.suggest, tuple(map(provided.given, messages))
    known = (context,) if takes_context(suggest) else ()
    return dispatcher.call(provided.plugin, provided.provider.name, lambda: suggest(messages, *known), kind=KIND)


def _read(
    provided: Provided[TagSuggester], answer: object, messages: Sequence[MessageDetail], dispatcher: Dispatcher
) -> list[SuggestedTag]:
    plugin, name = provided.plugin, provided.provider.name
    # Of what a model says this stays known, whatever becomes of the plugin.
    teller = f"{name}:{LLM}" if provided.provider.cost == LLM else name
    said_by = f"{teller} {provided.provider.version}"
    if not isinstance(answer, (list, tuple)) or len(answer) != len(messages):
        raise dispatcher.reject(
            plugin, name, f"did not answer one list of tags for each of {len(messages)} messages", kind=KIND
        )
    found = []
    for message, pairs in zip(messages, answer, strict=True):
        for pair in _pairs(pairs):
            if not _is_tag(pair):
                raise dispatcher.reject(plugin, name, "answered something else than (tag, confidence) pairs", kind=KIND)
            found.append(SuggestedTag(message.id, pair[0], float(pair[1]), said_by))
    return found


def _pairs(pairs: object) -> Sequence[tuple[str, float]]:
    if pairs is None:
        return ()
    return pairs[:MAX_TAGS] if isinstance(pairs, (list, tuple)) else ((str(type(pairs)), -1.0),)


def _is_tag(pair: object) -> bool:
    if not isinstance(pair, tuple) or len(pair) != 2:
        return False
    name, confidence = pair
    if not isinstance(name, str) or not isinstance(confidence, Real):
        return False
    try:
        check_tag_name(name)
    except InvalidError:
        return False
    return 0 <= float(confidence) <= 1  # NaN compares false with everything
