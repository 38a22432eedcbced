"""What the history of a sender says: words of a fixed vocabulary, and nothing good where a check failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.history import SenderHistory
from mailhelper_core.model.mail.message import MailFacts
from mailhelper_core.process.builtin import judge
from mailhelper_core.process.heuristics.evidence import total
from mailhelper_core.process.heuristics.history import FACTS, history_facts
from mailhelper_core.process.heuristics.priority import IMPORTANCE
from mailhelper_core.process.heuristics.reply import WEIGHTS as REPLY
from mailhelper_core.process.heuristics.spam import WEIGHTS as SPAM
from mailhelper_core.process.learned import noticed
from tests.unit.process.mails import WRITTEN_AT, mail

LATELY = WRITTEN_AT - timedelta(days=3)
AGAINST = {"first mail of this sender", "you never answer this sender", "you delete this sender's mail unread"}
counts = st.integers(0, 20)
histories = st.builds(
    SenderHistory, counts, counts, counts, counts,
    st.none() | st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda ago: WRITTEN_AT - ago), st.booleans(),
)  # fmt: skip


def facts(history: SenderHistory | None, **checks: str) -> set[str]:
    return set(history_facts(replace(mail(), history=history, facts=MailFacts(**checks))))


@pytest.mark.parametrize(
    ("history", "said"),
    [
        (None, set()),
        (SenderHistory(), {"first mail of this sender"}),
        (SenderHistory(received=3), set()),
        (SenderHistory(received=10), {"you never answer this sender"}),
        (SenderHistory(received=3, written=1), {"you write to this sender"}),
        (
            SenderHistory(written=1, last_written_at=LATELY),
            {"you write to this sender", "you wrote to this sender lately"},
        ),
        (SenderHistory(received=9, written=1, answered=1), {"you answer this sender"}),
        (SenderHistory(received=20, written=9, answered=9), {"you answer this sender"}),
        (SenderHistory(received=20, written=10, answered=10), {"you answer most mail of this sender"}),
        (SenderHistory(received=4, deleted_unread=3), {"you delete this sender's mail unread"}),
        (SenderHistory(received=9, deleted_unread=3), set()),
        (SenderHistory(received=1, wrote_in_thread=True), {"in a thread you wrote in"}),
    ],
)
def test_counts_become_words(history, said):
    assert facts(history) == said


@given(histories)
def test_every_word_is_known_and_none_is_good_where_a_check_failed(history):
    assert facts(history) <= FACTS
    for check in ("spf", "dkim", "dmarc"):
        assert facts(history, **{check: "softfail"}) <= AGAINST


@given(histories)
def test_who_is_answered_more_never_matters_less(history):
    more = replace(history, written=history.written + 1, answered=history.answered + 1)
    before, after = facts(history) - AGAINST, facts(more) - AGAINST

    assert total(after, IMPORTANCE) >= total(before, IMPORTANCE)
    assert total(after, REPLY) >= total(before, REPLY)
    assert total(after, SPAM) <= total(before, SPAM)


def test_a_friend_whom_a_filter_took_for_a_spammer_is_heard_and_a_forger_is_not():
    known = SenderHistory(received=4, written=3, answered=3, last_written_at=LATELY)
    letter = mail("WIN A MILLION NOW", "click here to claim your prize", history=known, facts={"spam_score": 6.0})
    forged = replace(letter, facts=replace(letter.facts, dmarc="fail"))

    said = {one: {opinion.kind: opinion for opinion in judge(one)} for one in (letter, forged)}

    assert "spam" not in said[letter] or said[letter]["spam"].value == "no"
    assert said[forged]["spam"].value == "yes"


def test_a_learner_is_told_what_the_judges_know():
    assert "you answer most mail of this sender" in noticed(mail(history=SenderHistory(2, 2, 2))).facts
