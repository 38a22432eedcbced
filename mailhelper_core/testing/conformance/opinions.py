"""Does a classifier, or a tag suggester, keep its contract?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Classifier, Context, Provided, TagSuggester
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.process.answers import read_answers
from mailhelper_core.process.suggest import suggested
from mailhelper_core.testing.conformance.advice import advised
from mailhelper_core.testing.conformance.patience import CALL_SECONDS, patiently, promptly
from mailhelper_core.testing.conformance.samples import in_time, sample_messages, unchanged

Batch = tuple[MessageDetail, ...]
TAGS = ("invoices", "Familie")
# What asks a service, or a model on a small machine, takes its time.
SLOW_SECONDS_A_MAIL = 5.0
_EACH = "write @each before a function of one message"


def check_classifier(
    classifier: Classifier, messages: Sequence[MessageDetail] = (), *, settings: Mapping[str, Any] | None = None
) -> None:
    """Check a classifier on generated mail, and on messages of the caller's.

    One answer a message, in order, whatever the batch; of a declared kind and label, with a confidence from 0 to 1;
    the same twice; nothing changed; in time.
    """
    classifier_keeps(classifier, messages, Context("ada", settings=settings or {}))


def classifier_keeps(classifier: Classifier, messages: Sequence[MessageDetail], context: Context) -> None:
    """Check a classifier that is handed this context."""
    batch = (*messages, *sample_messages())
    train = classifier.train
    with advised(context) as given:
        _check(lambda part: _opinions(classifier, part, given), batch, is_slow=classifier.cost != "cpu")
        if train is not None:
            examples = [(message, "people") for message in batch]
            state = patiently(f"{classifier.name}: train()", lambda: train(examples))
            assert isinstance(state, bytes), f"train answered {type(state).__name__}, not bytes"
            _opinions(classifier, batch, replace(given, state=state))


def check_tag_suggester(
    suggester: TagSuggester, messages: Sequence[MessageDetail] = (), *, settings: Mapping[str, Any] | None = None
) -> None:
    """Check a tag suggester on generated mail, and on messages of the caller's: as `check_classifier`."""
    suggester_keeps(suggester, messages, Context("ada", settings=settings or {}))


def suggester_keeps(suggester: TagSuggester, messages: Sequence[MessageDetail], context: Context) -> None:
    """Check a tag suggester that is handed this context."""
    with advised(context) as given:
        batch = (*messages, *sample_messages())
        _check(lambda part: _tags(suggester, part, given), batch, is_slow=suggester.cost != "cpu")


def _check(ask: Callable[[Batch], list[Any]], batch: Batch, *, is_slow: bool = False) -> None:
    assert ask(()) == [], "it answered something about no message"
    whole = unchanged(batch, lambda: ask(batch) if is_slow else in_time(len(batch), lambda: ask(batch)))
    assert ask(batch) == whole, "it answered otherwise when asked again"
    if not is_slow:
        one_by_one = [ask((message,))[0] for message in batch]
        assert one_by_one == whole, "its answer about a message depends on what else is in the batch"


def _opinions(classifier: Classifier, batch: Batch, context: Context) -> list[Any]:
    known = (context,) if takes_context(classifier.classify) else ()
    what, seconds = f"{classifier.name}: classify()", CALL_SECONDS + len(batch) * SLOW_SECONDS_A_MAIL

    def classify() -> object:
        return classifier.classify(batch, *known)

    try:
        is_quick = classifier.cost == "cpu"
        answer = (
            promptly(what, classify, is_first=not batch) if is_quick else patiently(what, classify, seconds=seconds)
        )
    except AttributeError as exc:
        if exc.obj is not batch:
            raise
        raise AssertionError(f"{classifier.name} took the sequence of messages for a message; {_EACH}") from exc
    answers = read_answers(classifier, answer, len(batch))
    advice = "" if isinstance(answer, Sequence) else f"; {_EACH}"
    assert not answers.problems, f"{classifier.name} {answers.problems[0]}{advice}"
    return list(answers.opinions)


def _tags(suggester: TagSuggester, batch: Batch, context: Context) -> list[Any]:
    # As if it were built in: it is handed the messages themselves, so that what it changes of them shows.
    suggesters = {suggester.name: Provided("plugin", suggester, built_in=True)}
    what, seconds = f"{suggester.name}: suggest()", CALL_SECONDS + len(batch) * SLOW_SECONDS_A_MAIL

    def suggest() -> tuple[list[SuggestedTag], list[ErrorNote]]:
        return suggested(suggesters, batch, context_of=lambda _: context, tags=TAGS, dispatcher=Dispatcher())

    is_quick = suggester.cost == "cpu"
    found, errors = (
        promptly(what, suggest, is_first=not batch) if is_quick else patiently(what, suggest, seconds=seconds)
    )
    assert not errors, errors[0].message
    return [[(one.name, one.confidence) for one in found if one.message_id == message.id] for message in batch]
