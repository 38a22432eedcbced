"""Ask the classifiers about a batch: each isolated, so that a failure costs its own opinions and is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import PluginError
from mailhelper_core.model.extension import Classifier, Context, ContextOf, Provided
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.model.signature import takes_context
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.process.answers import read_answers
from mailhelper_core.process.look import looking_once

# The dispatcher's code for a provider that it leaves out for a while.
PAUSED = "paused"
NO_STATES: Mapping[str, bytes] = MappingProxyType({})


@dataclass(slots=True)
class Reply:
    """What was said about one message, and which classifiers answered; one that failed did not."""

    message: MessageDetail
    opinions: list[Opinion] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Heard:
    """The replies about a batch, and what went wrong; an error is kept once, however many messages it cost."""

    replies: list[Reply]
    errors: dict[ErrorNote, None] = field(default_factory=dict)

    def note(self, provided: Provided[Classifier], error: PluginError) -> None:
        """Keep whose error it is."""
        self.errors[ErrorNote.of(f"plugin:{provided.plugin}/{provided.provider.name}", error)] = None


def ask(
    classifiers: Mapping[str, Provided[Classifier]],
    messages: Sequence[MessageDetail],
    *,
    context_of: ContextOf,
    dispatcher: Dispatcher,
    states: Mapping[str, bytes] = NO_STATES,
) -> Heard:
    """Ask every classifier once about all messages; one that raises is asked again message by message.

    states: what a classifier has learned, by its name.
    """
    heard = Heard([Reply(message) for message in messages])
    with looking_once():
        for provided in classifiers.values():
            try:
                own = replace(context_of(provided.plugin), state=states.get(provided.provider.name))
            except PluginError as error:  # what its owner has set cannot be read
                heard.note(provided, error)
                continue
            _Question(provided, own, dispatcher, heard).put()
    return heard


@dataclass(frozen=True, slots=True)
class _Question:
    provided: Provided[Classifier]
    context: Context
    dispatcher: Dispatcher
    heard: Heard

    def put(self) -> None:
        try:
            self._put(self.heard.replies)
        except PluginError as error:
            if error.code == PAUSED or len(self.heard.replies) <= 1:
                self._note(error)
            else:
                self._put_one_by_one()

    def _put_one_by_one(self) -> None:
        """Find the messages it cannot bear; one that always raises is paused by the dispatcher after the second."""
        for reply in self.heard.replies:
            try:
                self._put([reply])
            except PluginError as error:
                self._note(error)
                if error.code == PAUSED:
                    return

    def _put(self, replies: Sequence[Reply]) -> None:
        plugin, classifier = self.provided.plugin, self.provided.provider
        messages = tuple(self.provided.given(reply.message) for reply in replies)
        answer = self.dispatcher.call(plugin, classifier.name, lambda: self._classify(messages))
        found = read_answers(classifier, answer, len(messages))
        for problem in found.problems:
            self._note(self.dispatcher.reject(plugin, classifier.name, problem))
        for reply, said in zip(replies, found.opinions, strict=True):
            if said is not None:
                reply.opinions.extend(said)
                reply.answered.add(classifier.name)

    def _classify(self, messages: tuple[MessageDetail, ...]) -> object:
        classify = self.provided.provider.classify
        return classify(messages, self.context) if takes_context(classify) else classify(messages)

    def _note(self, error: PluginError) -> None:
        self.heard.note(self.provided, error)
