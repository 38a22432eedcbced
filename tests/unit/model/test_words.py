"""The tokenizer: what a word is, the same whatever way it was found."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.model.mail import words as module
from mailhelper_core.model.mail.message import Address
from mailhelper_core.model.mail.words import (
    MAX_WORD_LENGTH,
    RECIPIENT_WORDS,
    SEARCHABLE_WORDS,
    fold,
    recipient_words,
    search_text,
    word_spans,
    words,
    words_of_each,
)

western = st.text(
    st.characters(codec="cp1252") | st.sampled_from("ßẞüÜéÉ“”…–—_™½²œŒæØ\u00ad\u200c\u200d\u200b\u0301🎉①ﬁ中한हि"),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Größe GROSSE", ["grosse", "grosse"]),
        ("café CAFE\u0301", ["cafe", "cafe"]),
        ("ada@bank.example", ["ada", "bank", "example"]),
        ("invoice-no_12.50", ["invoice", "no", "12", "50"]),
        ("Rech\u00adnung", ["rechnung"]),
        ("“Größe” – heute 🎉", ["grosse", "heute"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("हिन्दी", ["हिन्दी"]),
        ("한국어", ["한국어"]),
        ("ﬁne Ⅳ ①", ["fine", "iv", "1"]),
        ("Œuvre Ærø", ["œuvre", "ærø"]),
        ("!!! ---", []),
        ("", []),
    ],
)
def test_words_are_folded_and_punctuation_separates(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(western | st.text(max_size=60))
def test_the_fast_way_answers_what_the_slow_way_does(text: str) -> None:
    fast = module._western(text)

    assert fast is None or fast.split() == module._WORD.findall(fold(text))


lines = st.text(st.sampled_from("aB1. -_\n\r\x00\x1f\x85é"), max_size=30) | st.sampled_from(["a" * 250, "b c" * 90, ""])


@given(st.lists(lines, max_size=8), st.integers(1, 6))
def test_words_of_each_are_those_of_each_alone(texts: list[str], limit: int) -> None:
    assert words_of_each(texts, limit) == [words(text, limit) for text in texts]


@given(western | st.text(max_size=60))
def test_words_hold_no_blank_and_stay_words(text: str) -> None:
    found = words(text)

    assert " ".join(found).split() == found
    assert words(" ".join(found)) == found


@given(western | st.text(max_size=60))
def test_words_do_not_depend_on_the_form_of_the_text(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


awkward = st.text(
    st.sampled_from("aé\u0301\u0338<契がカｶﾞﾟﾞ゛\u3099กำ\u0e48हिन्ဥ\u102eㄱ가ᄀ\u1161\u11a8ﾡ½™①ﬁㅋ\u20e3\u1dc4-_ \u200d")
)


@settings(max_examples=500)
@given(awkward | western | st.text(max_size=60))
def test_each_word_stands_where_it_is_said_to(text: str) -> None:
    spans = word_spans(text)

    assert [word for word, _, _ in spans] == words(text)
    assert all(word in words(text[start:end]) for word, start, end in spans)
    assert [start for _, start, _ in spans] == sorted(start for _, start, _ in spans)


def test_words_without_blanks_between_them_stand_apart() -> None:
    assert word_spans("a-Größe/東京e\u0301") == [
        ("a", 0, 1), ("grosse", 2, 7), ("東", 8, 9), ("京", 9, 10), ("e", 10, 12),
    ]  # fmt: skip


def test_long_text_is_bounded() -> None:
    assert len(words("a " * 50_000)) == SEARCHABLE_WORDS
    assert words("x" * 1_000) == ["x" * MAX_WORD_LENGTH]
    assert words("ß" * 150) == ["s" * MAX_WORD_LENGTH]
    assert all(len(word) <= MAX_WORD_LENGTH for word in words("\ufb03" * 99))


def test_words_of_recipients_stop_at_their_limit() -> None:
    crowd = [Address("", f"u{number}@example.org") for number in range(RECIPIENT_WORDS)]

    found = recipient_words(crowd)

    assert sum(map(len, found)) == RECIPIENT_WORDS
    assert found[0] == ["u0", "example", "org"]


def test_search_text_keeps_each_recipient_apart() -> None:
    text = search_text(
        "Re: Hi", Address("Ada", "ada@x.org"), [Address("", "b@y.org"), Address("Cy", "c@z.org")], "Yes."
    )

    assert text.subject == "re hi"
    assert text.sender == "ada ada x org"
    assert text.recipients == ("b y org", "cy c z org")
    assert text.body == "yes"
