"""What a test saw of a message, short enough for a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.mail.words import fold, words
from mailhelper_core.model.rules.criteria import FIELDS, Is, is_of_place
from mailhelper_core.model.rules.ranges import attribute_of, is_range
from mailhelper_core.query.pattern import compile_pattern
from mailhelper_core.query.view import MessageView

# One line of a terminal; a trace is kept with every hit of a rule.
MAX_SEEN = 80
# More says nothing to a reader; a probability that is learned has sixteen.
PLACES = 4
# What stands before the hit in an excerpt.
_LEAD = 20

_FACTS: dict[str, Callable[[MessageView], object]] = {
    "id": lambda view: view.message.id,
    "thread": lambda view: view.message.thread_id,
    "account": lambda view: view.message.account_id,
}


def saw(leaf: Is, view: MessageView, place: Place, answer: bool | None) -> str:  # noqa: FBT001 - a value, no switch
    """Answer what the test looked at, at most 80 characters, from around the hit."""
    if answer is None:
        return "no answer"
    if is_of_place(leaf):
        return _bounded(f"{place.mailbox} {' '.join(sorted(place.keywords))}")
    if is_range(leaf):
        return _number(leaf, view)
    if leaf.field in _FACTS:
        return str(_FACTS[leaf.field](view))
    if leaf.field not in FIELDS or FIELDS[leaf.field].type == "flag":
        return "yes" if answer else "no"
    return _excerpt(leaf, view.texts(leaf.field, leaf.name))


def _number(leaf: Is, view: MessageView) -> str:
    value = view.attribute(attribute_of(leaf), leaf.name)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return "nothing" if value is None else str(round(value, PLACES))


def _excerpt(leaf: Is, texts: Sequence[str]) -> str:
    find = _finder(leaf)
    for text in texts:
        start = find(text)
        if start is not None:
            begin = max(0, text.find(" ", max(0, start - _LEAD), start)) if start > _LEAD else 0
            return _bounded(("…" if begin else "") + text[begin:].lstrip())
    return _bounded(texts[0] if texts else "")


def _finder(leaf: Is) -> Callable[[str], int | None]:
    if leaf.operator == "~":
        search = compile_pattern(leaf.value)

        def find(text: str) -> int | None:
            span = search(text)
            return None if span is None else len(text.encode("utf-8", "replace")[: span[0]].decode("utf-8", "replace"))

        return find
    first = (words(leaf.value) or [""])[0]

    def find_word(text: str) -> int | None:
        # Folding may change the length of a text by a few letters; an excerpt does not mind.
        start = fold(text).find(first)
        return None if start < 0 else start

    return find_word


def _bounded(text: str) -> str:
    line = " ".join(text[: 4 * MAX_SEEN].split())
    return line if len(line) <= MAX_SEEN else line[: MAX_SEEN - 1] + "…"
