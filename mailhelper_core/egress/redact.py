"""Replace personal data in the parts of one text: every recognizer is asked, and one that fails lets nothing leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress import named, names
from mailhelper_core.egress.builtin import REQUIRED
from mailhelper_core.egress.plain import Part
from mailhelper_core.egress.pseudonyms import Book, again, leaks, replaced
from mailhelper_core.egress.spans import checked, merged
from mailhelper_core.errors import PluginError, ProviderError
from mailhelper_core.model.ai.egress import Level
from mailhelper_core.model.ai.recognizer import PersonalData, Recognizer
from mailhelper_core.model.extension import Provided

_KIND = "recognizer"


@dataclass(frozen=True, slots=True)
class Redactor:
    """The recognizers of one registry, as the gate asks them."""

    recognizers: Mapping[str, Provided[Recognizer]]
    dispatcher: Dispatcher

    def redact(
        self, parts: Sequence[Part], *, level: Level, people: Set[str], book: Book
    ) -> tuple[tuple[Part, ...], Counter[str]]:
        """Answer the parts with marks in place of personal data, and how much of each kind was replaced.

        people: words that are known to name somebody. Raises ProviderError when a recognizer fails.
        """
        if level == "none":
            return tuple(parts), Counter()
        if not self.recognizers.keys() >= REQUIRED:
            raise ProviderError("Recognizers are missing; nothing was sent.", code="withheld", transient=False)
        found = [self._find(part.text, level) for part in parts]
        # Who was named in a mail before is looked for by each word of the name, as who is named in this one.
        known = set(people) | {
            word for kind, value in book.values() if kind == "name" for word in names.name_words(value)
        }
        known |= {word for part, spans in zip(parts, found, strict=True) for word in _named(part, spans)}
        found = [[*spans, *named.known(part.text, known)] for part, spans in zip(parts, found, strict=True)]
        # What is personal in one place is so in every other, whatever stands around it.
        values = book.values() | {
            value for part, spans in zip(parts, found, strict=True) for value in _values(part, spans)
        }
        counts: Counter[str] = Counter()
        clean = []
        for part, spans in zip(parts, found, strict=True):
            whole = merged([*spans, *again(part.text, values)])
            counts.update(span.kind for span in whole)
            clean.append(Part(part.label, replaced(part.text, whole, book)))
        for part in clean:
            if any(leaks(part.text, book)):
                raise ProviderError("A value that was replaced once stands elsewhere.", code="leak", transient=False)
        return tuple(clean), counts

    def _find(self, text: str, level: Level) -> list[PersonalData]:
        spans: list[PersonalData] = []
        for provided in self.recognizers.values():
            if level == "strict" or not provided.provider.strict:
                spans += self._asked(provided, text)
        return spans

    def _asked(self, provided: Provided[Recognizer], text: str) -> list[PersonalData]:
        plugin, recognizer = provided.plugin, provided.provider
        try:
            answer = self.dispatcher.call(plugin, recognizer.name, lambda: recognizer.find(text), kind=_KIND)
            return checked(answer, len(text))
        except ValueError as exc:
            error: PluginError = self.dispatcher.reject(plugin, recognizer.name, str(exc), kind=_KIND)
            raise _withheld(recognizer) from error
        except PluginError as exc:
            raise _withheld(recognizer) from exc


def _named(part: Part, spans: Sequence[PersonalData]) -> set[str]:
    """Answer the words of names that recognizers found: they are looked for in the other parts too."""
    return {
        word for span in spans if span.kind == "name" for word in names.name_words(part.text[span.start : span.end])
    }


def _values(part: Part, spans: Sequence[PersonalData]) -> Iterator[tuple[str, str]]:
    """Yield kind and text of each place."""
    return ((span.kind, part.text[span.start : span.end]) for span in spans)


def _withheld(recognizer: Recognizer) -> ProviderError:
    return ProviderError(
        f"The recognizer {recognizer.name!r} failed; nothing was sent.", code="withheld", transient=False
    )
