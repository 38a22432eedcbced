"""One look at a message serves all who judge it: the same answers, and nothing is kept behind a batch."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import pytest

from mailhelper_core.ai.tokens import About, Noticed, tokens_of
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.model.extension import Context, Provided
from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.mail.message import MessageDetail, Place
from mailhelper_core.process import look as looks
from mailhelper_core.process.ask import ask
from mailhelper_core.process.builtin import judge, register_classifiers
from mailhelper_core.process.heuristics.about import about
from mailhelper_core.process.heuristics.facts import facts_of
from mailhelper_core.process.heuristics.topics import zone_topics
from mailhelper_core.process.learned import noticed
from mailhelper_core.process.look import MOST_LOOKS, look, looking_once
from mailhelper_core.process.reading.reading import read
from tests.unit.process.mails import generated, labelled, mail


@pytest.fixture
def read_mails(monkeypatch: pytest.MonkeyPatch) -> list[MessageDetail]:
    """Answer the messages that were read, as often as they were."""
    found: list[MessageDetail] = []
    monkeypatch.setattr(looks, "read", lambda message: (found.append(message), read(message))[1])
    return found


def _noticed_apart(message: MessageDetail) -> Noticed:
    facts = facts_of(read(message))
    found = about(read(message), facts)
    return Noticed(facts - {"flagged by the owner"}, lambda: About(found.facts, zone_topics(found.topics)))


def test_judges_say_the_same_whether_each_looks_or_all_share_a_look():
    messages = [one.message for one in (*labelled(), *generated("a", seed=3, count=40))]
    flagged = Place(1, "INBOX", "inbox", frozenset({FLAGGED}), 1)
    messages += [replace(message, places=(flagged,)) for message in messages[:5]]
    apart = [(judge(message), tokens_of(message, _noticed_apart(message))) for message in messages]

    with looking_once():
        judged = [judge(message) for message in messages]
        learned = [tokens_of(message, noticed(message)) for message in messages]

    assert list(zip(judged, learned, strict=True)) == apart


def test_a_batch_reads_each_message_once(read_mails):
    messages = [mail("Invoice 7", "Please pay by Friday."), mail("Hello", "How are you?")]
    again = Provided("any", replace(register_classifiers()[0], name="again"), built_in=True)
    first = Provided("any", register_classifiers()[0], built_in=True)

    heard = ask({"first": first, "again": again}, messages, context_of=Context, dispatcher=Dispatcher())

    assert read_mails == messages
    assert all(reply.answered == {"heuristics", "again"} for reply in heard.replies)


def test_nothing_is_kept_behind_a_batch_in_another_thread_or_of_another_object(read_mails):
    message = mail("Hello", "How are you?")
    with looking_once():
        kept = look(message)
        assert look(message) is kept
        assert look(replace(message)) is not kept
        thread = Thread(target=look, args=(message,))
        thread.start()
        thread.join()
    look(message)

    assert len(read_mails) == 4


def test_a_batch_keeps_a_bounded_number_of_looks(read_mails):
    messages = [mail(f"Hello {number}") for number in range(MOST_LOOKS + 1)]
    with looking_once():
        for message in messages * 2:
            look(message)

    assert len(read_mails) == len(messages) + 1
