"""Names that a header tells, in scripts where they stand within other words or change their ends."""

from __future__ import annotations

import pytest

from mailhelper_core.egress import names
from mailhelper_core.egress.outgoing import TEXT_CHARACTERS, Letter
from mailhelper_core.egress.plain import Part
from tests.contract.models.desk import on_sqlite

# What is replaced in a text is decided in memory; that it is kept in both databases is said in test_gate.py.
text_alone = on_sqlite


@text_alone
@pytest.mark.parametrize(
    ("name", "text", "secrets"),
    [
        ("王小明", "你好，我是王小明，请您在星期五之前回复我。小明上", ["小明", "王小"]),
        ("田中太郎", "こんにちは、田中太郎です。田中さんによろしく。", ["田中", "太郎"]),
        ("김철수", "안녕하세요, 김철수입니다. 철수가 보냅니다.", ["철수"]),
        ("محمد السيد", "مرحبا، أنا محمد السيد. ومحمد ينتظر الفاتورة.", ["محمد", "السيد"]),
        ("สมชาย ใจดี", "สวัสดีครับผมสมชายใจดีครับ", ["สมชาย", "ใจดี"]),
        ("राजेश शर्मा", "नमस्ते, मैं राजेश शर्मा हूँ और राजेश का बिल भेजता हूँ।", ["राजेश", "शर्मा"]),
        ("Анна Иванова", "Прошу позвонить Анне Ивановой. Телефон Анны прежний.", ["Анн", "Иванов"]),
        ("David Levi דוד", "שלום, ודוד כותב אליך.", ["דוד"]),
        ("Anna Müller", "heute kam Аnna Мüller, morgen annamüller in die Müllersche", ["nna", "üller"]),
        ("Ada Lovelace", "Adaさん、こんにちは。请联系Lovelace小姐", ["Ada", "Lovelace"]),
    ],
)
def test_a_name_of_the_header_is_replaced_wherever_it_stands(desk, name, text, secrets):
    desk.allow("classify")

    desk.ask(desk.mail("Hm", text, from_=f"{name} <bob@shop.example>"))

    sent = desk.server.questions()[0].text
    assert "[NAME_1]" in sent
    assert [secret for secret in secrets if secret in sent] == []


@text_alone
def test_text_beside_a_name_stays(desk):
    desk.allow("classify")

    desk.ask(desk.mail("Hm", "请您在星期五之前回复。 The martian will pay.", from_="王小明 Martin <bob@shop.example>"))

    assert "请您在星期五之前回复。 The martian will pay." in desk.sent()


@text_alone
@pytest.mark.parametrize("shift", range(0, 26, 3))
def test_a_name_that_the_cut_falls_into_does_not_leave_in_half(desk, shift):
    desk.allow("classify")
    secret = "Brücknerstein"
    text = "well " * ((TEXT_CHARACTERS - 40) // 5) + "x" * (shift + 14) + f" {secret} {'and so on ' * 50}"

    desk.ask(desk.mail("Hm", text, from_=f"Bob {secret} <bob@shop.example>"))

    assert "Brück" not in desk.sent()


@text_alone
@pytest.mark.parametrize("filler", ["\u200c", "\u200c\u00a0", "\u00ad"])
@pytest.mark.parametrize("shift", range(3, 12, 4))
def test_a_name_behind_much_that_is_hidden_does_not_leave_in_half(desk, filler, shift):
    desk.allow("classify")
    secret = "Brücknerstein"
    hidden = filler * (4 * TEXT_CHARACTERS // len(filler))

    desk.ask(desk.mail("Hm", f"well {hidden[: -shift - 6]} {secret} and so on", from_=f"Bob {secret} <b@shop.example>"))

    assert "Brück" not in desk.sent()


@text_alone
def test_a_text_without_blanks_is_cut_where_it_must_be(desk):
    desk.allow("classify")

    desk.ask(desk.mail("Hm", "王" * 9_000))

    assert desk.sent().count("王") == TEXT_CHARACTERS


def test_whom_the_owner_wrote_to_is_read_once_for_many_letters(desk, monkeypatch):
    desk.put("Plan", "See you.", from_="Ada <ada@home.example>", to="Petronella Quast <p@quast.example>")
    desk.ada.sync(desk.account.id)
    desk.allow("embed")
    read = []
    name_words = names.name_words
    monkeypatch.setattr(names, "name_words", lambda text: read.append(text) or name_words(text))

    letters = [Letter(0, 0, Part("message", f"{number}: Petronella came."), frozenset()) for number in range(3)]
    sent = desk.ada.egress.gate.prepare_vectors(desk.account.id, letters).request.texts

    assert read.count("Petronella Quast") == 1
    assert [text for text in sent if "Petronella" in text] == []


@pytest.mark.parametrize("senders", [["Ada Lovelace <ada@home.example>"], ["b@b.example", "c@c.example"]])
def test_the_owners_own_name_is_known_from_other_mail(desk, senders):
    for sender in senders:
        own = sender.startswith("Ada")
        desk.put("Hello", "All is fine.", from_=sender, to="b@b.example" if own else "Ada Lovelace <ada@home.example>")
    desk.allow("classify")

    desk.ask(desk.mail("Contract of Lovelace", "The flat of Lovelace is insured.", to="ada@home.example"))

    assert "Lovelace" not in desk.sent()


@text_alone
def test_the_number_of_a_user_hides_no_name(desk):
    desk.allow("classify")

    desk.ask(desk.mail("Hm", "Ask builder77 about it.", from_="bob.builder77@shop.example"))

    assert "builder" not in desk.sent()


@pytest.mark.parametrize("name", ["Contract Meeting", "Please Review Your Contract Meeting"])
def test_a_stranger_does_not_decide_which_words_are_hidden(desk, name):
    for number in range(2):
        desk.put(f"Offer {number}", "Buy.", from_="spam@spam.example", to=f"{name} <ada@home.example>")
    desk.allow("classify")

    desk.ask(desk.mail("Monday", "The Contract is ready. The Meeting is at three.", to="ada@home.example"))

    assert "The Contract is ready. The Meeting is at three." in desk.sent()
