"""Pseudonyms: what was replaced comes back, one value has one mark, and nothing that was found stays."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.egress import builtin
from mailhelper_core.egress.names import parts_of
from mailhelper_core.egress.plain import Part, fenced, nonce_for, plain
from mailhelper_core.egress.pseudonyms import Book, again, leaks, replaced, restored
from mailhelper_core.egress.spans import checked, merged
from mailhelper_core.model.ai.recognizer import PersonalData
from mailhelper_core.model.mail.message import Address

RECOGNIZERS = builtin.register_recognizers()
KINDS = st.sampled_from(["name", "phone", "iban", "order"])


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[PersonalData]]:
    text = draw(st.text(min_size=1, max_size=60).filter(lambda one: "[" not in one))
    places = st.tuples(KINDS, st.integers(0, len(text) - 1), st.integers(1, 12))
    spans = [PersonalData(kind, start, min(len(text), start + size)) for kind, start, size in draw(st.lists(places))]
    return text, spans


@given(texts_with_spans())
def test_merged_places_are_in_order_do_not_overlap_and_cover_all(found: tuple[str, list[PersonalData]]) -> None:
    _, spans = found

    whole = merged(spans)

    assert all(one.end <= other.start for one, other in pairwise(whole))
    covered = {place for one in whole for place in range(one.start, one.end)}
    assert covered == {place for one in spans for place in range(one.start, one.end)}


@given(texts_with_spans())
def test_each_place_becomes_one_mark_and_all_else_stays(found: tuple[str, list[PersonalData]]) -> None:
    text, spans = found
    whole, book = merged(spans), Book()

    sent = replaced(text, whole, book)

    assert sent.count("[") == len(whole)
    assert {one.mark for one in book.known.values()} == {
        book.mark(one.kind, text[one.start : one.end]) for one in whole
    }


@given(st.text(max_size=300))
def test_no_text_breaks_a_recognizer(text: str) -> None:
    seen = plain(text, 1_000)

    for recognizer in RECOGNIZERS:
        checked(recognizer.find(seen), len(seen))


def test_values_come_back_in_whatever_way_a_model_writes_their_marks() -> None:
    book = Book()
    mark = book.mark("name", "Ada Lovelace")

    assert mark == "[NAME_1]"
    assert book.mark("name", "ada  lovelace") == mark
    for written in ("[NAME_1]", "[name_1]", "[NAME 1]", "NAME_1", "[ NAME_1 ]"):
        assert restored(f"Dear {written}!", book) == "Dear Ada Lovelace!"
    assert restored("[NAME_2] and [IBAN_1]", book) == "[NAME_2] and [IBAN_1]"


def test_two_spellings_of_one_number_are_one() -> None:
    book = Book()

    assert book.mark("phone", "+49 30 901820") == book.mark("phone", "+49 (30) 90-18-20")
    assert book.mark("iban", "DE89 3704 0044") == book.mark("iban", "de8937040044")


def test_a_value_that_was_replaced_once_is_found_wherever_it_stands() -> None:
    book = Book()
    book.mark("order", "hunter2")

    assert [text.start for text in again("use hunter2 now", book.values())] == [4]
    assert list(again("xhunter2x", book.values())) == []
    assert list(leaks("use hunter2 now", book))
    assert not list(leaks("use [ORDER_1] now", book))


def test_names_come_from_display_names_and_else_from_addresses() -> None:
    people = [Address("Dr. Ada von Lovelace", "x@home.example"), Address("", "bob.builder@shop.example")]

    assert parts_of(people) == {"Ada", "Lovelace", "bob", "builder"}
    assert parts_of([Address("Support Team", "info@shop.example")]) == set()


def test_hidden_characters_and_compatibility_forms_are_gone_and_lines_stay() -> None:
    assert plain("a\u200bb\u2060c\n\n\n\nＤ１\t e\U000e0041", 100) == "abc\n\nD1 e"


def test_a_fence_depends_on_the_secret_and_the_text() -> None:
    parts = [Part("message", "Hello")]

    assert nonce_for(b"one", parts) == nonce_for(b"one", parts)
    assert len({nonce_for(b"one", parts), nonce_for(b"two", parts), nonce_for(b"one", [Part("message", "Hallo")])}) == 3
    assert fenced("x", parts) == "<<x message>>\nHello\n<<x end>>"
