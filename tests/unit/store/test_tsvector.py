"""tsvectors are made so that PostgreSQL loses no word of any field."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.words import SearchText
from mailhelper_core.store.search.text_query import TextQuery, all_of, any_of, phrase, without
from mailhelper_core.store.search.tsvector import vector

texts = st.lists(st.sampled_from("abc"), max_size=300).map(" ".join)


def test_words_have_positions_and_a_gap_between_fields_and_recipients() -> None:
    made, clipped = vector(SearchText("re hi", "bob", ("ann x", "cy"), "hi there"))

    assert made == "'re':1A 'hi':2A,11D 'bob':4B 'ann':6C 'x':7C 'cy':9C 'there':12D"
    assert not clipped


@given(texts, texts, st.lists(texts, max_size=3).map(tuple), texts)
def test_every_word_keeps_a_position_in_every_field_that_has_it(
    subject: str, sender: str, recipients: tuple[str, ...], body: str
) -> None:
    made, clipped = vector(SearchText(subject, sender, recipients, body))

    held = {word: places.split(",") for word, places in (one.split(":") for one in made.split())}
    assert all(len(places) <= 255 for places in held.values())
    for weight, value in (("A", subject), ("B", sender), ("C", " ".join(recipients)), ("D", body)):
        for word in value.split():
            assert any(place.endswith(weight) for place in held[f"'{word}'"])
    total = len(" ".join((subject, sender, *recipients, body)).split())
    assert clipped == (sum(map(len, held.values())) < total)


def test_an_empty_message_is_an_empty_vector() -> None:
    assert vector(SearchText("", "", (), "")) == ("", False)


def test_the_engines_ask_for_the_same() -> None:
    words = ["second", "rem"]

    assert phrase("sqlite", "subject", words, prefix=True).exact == '(subject : "second rem" *)'
    assert phrase("sqlite", "any", ["x"]).exact == '("x")'
    assert phrase("postgresql", "subject", words, prefix=True) == TextQuery(
        "('second':A <-> 'rem':*A)", "('second':A <-> 'rem':*A)", "('second':A & 'rem':*A)"
    )
    assert phrase("postgresql", "any", ["x"]) == TextQuery.plain("('x')")


def test_groups_of_words_are_one_query() -> None:
    one, two = TextQuery("a", "b", "c"), TextQuery("d", "e", "f")

    assert all_of("sqlite", [one, two]).exact == "(a AND d)"
    assert any_of("postgresql", [one, two]) == TextQuery("(a | d)", "(b | e)", "(c | f)")
    assert all_of("sqlite", [one]) is one
    assert without("sqlite", one, two).exact == "(a NOT d)"
    assert without("postgresql", one, two) == TextQuery("(a & ! d)", "(b & ! f)", "(c & ! e)")
