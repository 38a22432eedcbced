"""Wording as data: load the templates of one language and set, and fill them in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random

_ALTERNATIVES = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{(\w+)\}")
# Facts that mean the same thing wherever they stand in one mail; everything else is drawn anew each time.
_KEPT = frozenset(
    {
        "amount", "code", "date", "deadline", "device", "event", "job", "meeting", "month", "number", "other",
        "place", "service", "thing", "when", "iban", "phone",
    }
)  # fmt: skip

Facts = Mapping[str, Callable[[], str]]


@dataclass(frozen=True, slots=True)
class Topic:
    """Something people write to each other about."""

    things: tuple[str, ...]
    lines: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The templates of one kind of mail: subjects, and for each paragraph the ways to put it."""

    subject: tuple[str, ...]
    body: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """All templates of one language and set."""

    language: str
    bank: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Topic]
    forms: Mapping[str, Form]


@cache
def load_wording(templates: str, language: str) -> Wording:
    """Answer the wording of a set ("a" to "d") in a language; raises ValueError for one that does not exist."""
    source = files("mailhelper_core.testing.wording") / f"{templates}_{language}.toml"
    if not source.is_file():
        raise ValueError(f"no wording {templates!r} in {language!r}")
    data = tomllib.loads(source.read_text(encoding="utf-8"))
    return Wording(
        language=language,
        bank={name: tuple(entries) for name, entries in data["bank"].items()},
        topics={name: _topic(topic) for name, topic in data["topic"].items()},
        forms={name: _form(form) for name, form in data["kind"].items()},
    )


class Teller:
    """Fills templates for one mail: its facts stay the same from the subject to the last line."""

    def __init__(self, wording: Wording, rng: Random, facts: Facts, topic: Topic) -> None:
        self._wording = wording
        self._rng = rng
        self._facts = facts
        self._topic = {"thing": topic.things, "line": topic.lines, "question": topic.questions}
        self._kept: dict[str, str] = {}
        self._used: set[str] = set()

    def subject(self, kind: str) -> str:
        """Answer a subject for a mail of the kind."""
        return _capitalized(self.fill(self._rng.choice(self._wording.forms[kind].subject)))

    def paragraphs(self, kind: str) -> tuple[str, ...]:
        """Answer the paragraphs of a mail of the kind."""
        chosen = (self._rng.choice(ways) for ways in self._wording.forms[kind].body)
        return tuple(self.fill(template) for template in chosen if template)

    def fill(self, template: str) -> str:
        """Answer the template with its alternatives chosen and its slots filled."""
        while "<" in template:
            template = _ALTERNATIVES.sub(lambda match: self._rng.choice(match[1].split("|")), template)
        return _SLOT.sub(lambda match: self._slot(match[1]), template)

    def _slot(self, name: str) -> str:
        if name in self._kept:
            return self._kept[name]
        value = self._draw(name)
        if name in _KEPT:
            self._kept[name] = value
        return value

    def _draw(self, name: str) -> str:
        if name in self._facts:
            value = self._facts[name]()
            # A fact may name a bank, as a deadline does that depends on the urgency.
            return self._draw(value[1:]) if value.startswith("@") else value
        if name in self._topic:
            return self.fill(self._unused(self._topic[name]))
        return self.fill(self._rng.choice(self._wording.bank[name]))

    def _unused(self, entries: tuple[str, ...]) -> str:
        """Choose an entry that the mail does not have yet: nobody says the same thing twice."""
        fresh = [entry for entry in entries if entry not in self._used] or list(entries)
        chosen = self._rng.choice(fresh)
        self._used.add(chosen)
        return chosen


def _topic(data: Mapping[str, list[str]]) -> Topic:
    return Topic(tuple(data["things"]), tuple(data["lines"]), tuple(data["questions"]))


def _form(data: Mapping[str, list[list[str]]]) -> Form:
    subject = tuple(str(entry) for entry in data["subject"])
    return Form(subject, tuple(tuple(ways) for ways in data["body"]))


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
