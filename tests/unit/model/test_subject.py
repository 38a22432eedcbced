"""Subjects without their prefixes, and which message an answer without references may belong to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailhelper_core.model.mail.subject import GATE, Heading, answers, read_subject, subject_hash

DAY = 86_400_000_000
QUESTION = Heading.of("Dinner on Friday?", "ada@home.example", frozenset({"bob@home.example"}), 100 * DAY)
ANSWER = Heading.of("Re: Dinner on Friday?", "Bob@home.example", frozenset({"Ada@HOME.example"}), 101 * DAY)


@pytest.mark.parametrize(
    ("subject", "base", "is_answer"),
    [
        ("Dinner", "dinner", False),
        ("Re: Dinner", "dinner", True),
        ("AW: WG: RE: Dinner", "dinner", True),
        ("Fwd: Dinner", "dinner", False),
        ("Re[2]: Dinner", "dinner", True),
        ("SV : Größe", "große", True),
        ("Reason: none", "reason none", False),
        ("Re:", "", True),
        ("", "", False),
    ],
)
def test_prefixes_are_taken_off(subject: str, base: str, is_answer: object) -> None:
    words, found = read_subject(subject)

    assert (" ".join(words), found) == (" ".join(read_subject(base)[0]), is_answer)


def test_a_subject_of_nothing_but_prefixes_ends() -> None:
    assert read_subject("Re: " * 10_000)[1]


def test_an_answer_belongs_to_its_question() -> None:
    assert answers(ANSWER, QUESTION)
    assert not answers(QUESTION, ANSWER)


@pytest.mark.parametrize(
    "other",
    [
        replace(QUESTION, base=("lunch",)),
        replace(QUESTION, at=ANSWER.at + 1),
        replace(QUESTION, at=ANSWER.at - GATE.days * DAY - 1),
        replace(QUESTION, sender="eve@far.example"),
        replace(QUESTION, recipients=frozenset({"eve@far.example"})),
    ],
)
def test_another_subject_time_or_participant_is_no_question(other: Heading) -> None:
    assert not answers(ANSWER, other)


def test_what_says_no_re_and_what_has_no_subject_answers_nothing() -> None:
    assert not answers(replace(ANSWER, is_answer=False), QUESTION)
    assert not answers(replace(ANSWER, base=()), replace(QUESTION, base=()))


def test_the_hash_of_a_subject_is_a_signed_number_of_64_bits() -> None:
    assert subject_hash(("dinner",)) == subject_hash(read_subject("RE: Dinner!")[0])
    assert -(2**63) <= subject_hash(("x",)) < 2**63
