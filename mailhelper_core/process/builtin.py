"""The built-in classifiers: heuristics, one reading of a message without model or network, and what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import Classifier, each
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.opinion import Opinion
from mailhelper_core.process import learned
from mailhelper_core.process.heuristics.category import judge_category
from mailhelper_core.process.heuristics.priority import judge_importance, judge_urgency
from mailhelper_core.process.heuristics.reply import judge_reply
from mailhelper_core.process.heuristics.spam import judge_spam
from mailhelper_core.process.heuristics.topics import with_cues
from mailhelper_core.process.look import Look, look
from mailhelper_core.process.reading.language import judge_language

# Raise it when words, weights or facts change: `reprocess` then asks again.
VERSION = "6"


@hookimpl
def register_classifiers() -> Sequence[Classifier]:
    """Contribute the heuristics, and what the owner has taught."""
    kinds = ("category", "spam", "urgency", "importance", "reply", "language")
    return [Classifier("heuristics", each(judge), kinds=kinds, version=VERSION), learned.classifier()]


def judge(message: MessageDetail) -> tuple[Opinion, ...]:
    """Answer what header facts and words say about one message; questions that stay open are left out."""
    seen = look(message)
    reading, facts = seen.reading, seen.facts
    answers = (
        _category(seen),
        judge_spam(facts),
        judge_urgency(facts, hours_left=reading.hours_left),
        judge_importance(facts),
        judge_reply(facts),
        judge_language(reading.words),
    )
    return tuple(answer for answer in answers if answer is not None)


def _category(seen: Look) -> Opinion | None:
    """Answer the category, from what the mail is about too; its reasons name what stands in the mail."""
    found = seen.about()
    said = judge_category(seen.facts | found.facts)
    return said and replace(said, reasons=with_cues(said.reasons, found.topics))
