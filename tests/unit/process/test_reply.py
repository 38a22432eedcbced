"""Whether an answer is waited for."""

from __future__ import annotations

import pytest

from mailhelper_core.process.builtin import judge
from tests.unit.process.mails import generated, mail


def reply(message) -> str | None:
    return next((one.value for one in judge(message) if one.kind == "reply"), None)


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ada, could you send me the report by Friday? Thanks, Grace",
        "Hallo Ada, kannst du mir bitte sagen, wann du kommst? Viele Grüße, Grace",
    ],
)
def test_a_question_of_a_person_waits_for_an_answer(text):
    assert reply(mail("The report", text)) == "yes"


@pytest.mark.parametrize(
    "facts",
    [
        {"list_id": "news.example.com", "list_unsubscribe": "<https://example.com/u>"},
        {"auto_submitted": "auto-generated", "precedence": "bulk"},
    ],
)
def test_programs_and_lists_wait_for_none(facts):
    assert reply(mail("News", "Did you know? Read more on our page.", facts=facts)) == "no"


@pytest.mark.parametrize("templates", ["a", "b"])
def test_newsletters_are_hardly_ever_said_to_wait(templates):
    found = [one for one in generated(templates, seed=5, count=300) if one.category in ("newsletter", "social")]

    assert sum(reply(one.message) == "yes" for one in found) <= 0.03 * len(found)
