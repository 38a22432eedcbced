"""What learning must never do: collapse, believe itself, guess on mail that it cannot read, or stop the journey."""

from __future__ import annotations

from time import process_time

import pytest

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import Lesson
from mailhelper_core.process.learned import noticed
from tests.contract.learn.pupil import Pupil
from tests.unit.ai.examples import letter, offer

URGENT = "Please answer by tomorrow, the deadline for the contract is on Friday. It is urgent!"
IDLE = "Here are some pictures of the garden, have a look when there is time."
# Nothing, the words of no language we know, and what is no text at all.
ODD = {
    "empty": "",
    "chinese": "会议安排在星期五下午三点 请确认 " * 50,
    "arabic": "اجتماع يوم الجمعة الساعة الثالثة " * 50,
    "base64": "TWFpbGhlbHBlciBpcyBub3QgYSBkZWNvZGVyCg==" * 20_000,
    "thirty megabytes": "lorem ipsum dolor " * 1_700_000,
    "controls": "".join(map(chr, range(1, 32))) * 100,
}


def test_sixty_corrections_that_agree_do_not_pull_priorities_down(ada: Pupil) -> None:
    for number in range(30):
        urgent, idle = ada.message(f"Contract {number}", URGENT), ada.message(f"Garden {number}", IDLE)
        ada.opinions.correct([urgent], urgency=3, importance=3)
        ada.opinions.correct([idle], urgency=1, importance=1)
    for task in ("urgency", "importance"):
        ada.learning.train(task)
    new = ada.message("Contract 99", URGENT)

    ada.judge(new)

    assert (ada.see(new).urgency, ada.see(new).importance) == (3, 3)


def test_what_was_only_guessed_never_becomes_an_example(ada: Pupil) -> None:
    ada.teach(20)
    ada.train()
    ada.judge(*[ada.mail(900 + number, spam=bool(number % 2)) for number in range(20)])

    ada.learning.train()

    assert ada.of_spam().examples == 20


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_mail_gets_an_honest_answer_and_the_journey_goes_on(ada: Pupil, text: str) -> None:
    ada.teach(60)
    ada.train()
    odd, offered = ada.message("", text), ada.mail(901, spam=True)

    ada.judge(odd, offered)

    found = ada.said(odd).get(("spam", "learned"))
    assert found is None or found.confidence < 0.9
    assert ada.said(offered)["spam", "learned"].value == "yes"


def test_thousands_of_corrections_of_one_answer_leave_room_for_the_other() -> None:
    spam = gate.encode([offer(number) for number in range(40)], noticed)
    lessons = [Lesson(spam[number % 40], "yes") for number in range(2_000)]
    lessons += [Lesson(one, "no") for one in gate.encode([letter(number) for number in range(5)], noticed)]

    started = process_time()
    model = gate.train(lessons).data

    assert process_time() - started < 20
    found = gate.judge({"spam": model}, [letter(77), offer(77)], noticed)
    assert [[one.value for one in said] for said in found][1] == ["yes"]
    assert all(one.value == "no" or one.confidence < 0.9 for one in found[0])
