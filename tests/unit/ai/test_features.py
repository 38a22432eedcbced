"""Features: stable, bounded, and the same after rest."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailhelper_core.ai.learner.features import (
    ABOUT,
    BUCKETS,
    Features,
    features_of,
    from_bytes,
    hashed,
    to_bytes,
    token_buckets,
)
from mailhelper_core.ai.learner.learner import SHARES_OF_MANY, SHARES_OF_TWO
from mailhelper_core.ai.tokens import About, Noticed, Tokens, phrase, tokens_of
from mailhelper_core.errors import InvalidError
from mailhelper_core.model.mail.message import Address
from tests.unit.ai.examples import features, message


@settings(max_examples=50, deadline=None)
@given(features())
def test_features_are_the_same_after_rest(found: Features) -> None:
    again = from_bytes(to_bytes(found))

    assert again.counts == found.counts
    assert np.array_equal(again.ids, found.ids)


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=40))
def test_any_text_gives_features(subject: str, text: str, sender: str) -> None:
    found = features_of(message(subject, text, sender))

    assert len(found.ids) == sum(found.counts)
    assert all(found.counts)
    assert int(found.ids.max()) < BUCKETS


@pytest.mark.parametrize("text", ["", "会议安排在星期五下午三点", "اجتماع يوم الجمعة", "TWFpbGhlbHBlcg==" * 5_000])
def test_mail_without_words_we_know_gives_features(text: str) -> None:
    found = features_of(message("", text))

    assert from_bytes(to_bytes(found)).counts == found.counts


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text("ab", max_size=3), max_size=9).map(tuple), min_size=5, max_size=5))
def test_a_view_holds_the_buckets_of_its_tokens_and_its_constant_in_order(
    told: list[tuple[str, ...]],
) -> None:
    header, route, sender, shape, about = told

    found = hashed(Tokens(header, route, sender, shape, (), (), about, ""))

    views = np.split(found.ids, np.cumsum(found.counts)[:-1])
    for number, tokens in zip((0, 1, 2, 3, ABOUT), told, strict=True):
        assert np.array_equal(views[number], np.unique(token_buckets(("view:always", *tokens), number)))


def test_a_mail_of_thirty_megabytes_costs_what_a_letter_costs() -> None:
    found = features_of(message("big", "lorem ipsum " * 2_500_000))

    assert len(found.ids) < 10_000


def test_the_same_word_counts_apart_in_subject_and_text() -> None:
    in_subject, in_text = features_of(message("invoice", "")), features_of(message("", "invoice"))

    assert not np.array_equal(in_subject.ids, in_text.ids)


@pytest.mark.parametrize("damage", [b"", b"MF", b"XX" + b"\0" * 40])
def test_damaged_features_are_refused(damage: bytes) -> None:
    with pytest.raises(InvalidError) as raised:
        from_bytes(damage)

    assert raised.value.code == "features"


def test_features_of_another_schema_say_so() -> None:
    data = bytearray(to_bytes(features_of(message("a", "b"))))
    data[2] += 1

    with pytest.raises(InvalidError) as raised:
        from_bytes(bytes(data))

    assert raised.value.code == "features_schema"


def test_who_answers_matters() -> None:
    one = message("a", "b")

    answered = replace(one, in_reply_to="1@example.org")

    assert not np.array_equal(features_of(one).ids, features_of(answered).ids)


def test_the_order_of_header_fields_is_no_feature() -> None:
    one = message("a", "b")
    turned = replace(one, headers=one.headers[::-1])

    assert np.array_equal(features_of(one).ids, features_of(turned).ids)


def shopping() -> About:
    return About({"mainly: shopping"}, {"text: delivery"})


def test_what_a_mail_is_about_is_told_to_one_view_that_only_questions_with_many_answers_ask() -> None:
    plain = features_of(message("a", "b"), Noticed({"question"}))
    told = features_of(message("a", "b"), Noticed({"question"}, shopping))

    assert told.counts[:ABOUT] == plain.counts[:ABOUT]
    assert np.array_equal(told.ids[: sum(told.counts[:ABOUT])], plain.ids[: sum(plain.counts[:ABOUT])])
    assert told.counts[ABOUT] == plain.counts[ABOUT] + 2
    assert SHARES_OF_TWO[ABOUT] == 0 < SHARES_OF_MANY[ABOUT]


def test_where_no_question_asks_what_a_mail_is_about_it_is_not_read() -> None:
    read_on = Mock(side_effect=shopping)
    told = features_of(message("a", "b"), Noticed({"question"}, read_on), asks_about=False)

    read_on.assert_not_called()
    assert told.counts[ABOUT] == 1
    assert told.counts[:ABOUT] == features_of(message("a", "b"), Noticed({"question"})).counts[:ABOUT]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["http://", "https://", "www.", "w", "h", ".", "/", "a.example", " ", "?x", ":"])))
def test_links_are_found_as_by_the_plain_expression(parts: list[str]) -> None:
    text = "".join(parts)
    plain = re.findall(r"(?:https?://|www\.)([^\s/>\"'?#]{1,100})[^\s>\"')]{0,200}", text)

    found = tokens_of(message("a", text)).shape

    assert [one for one in found if one.startswith("link:")][::2] == [f"link:{host}" for host in plain[:30]]


def test_a_kind_of_mail_is_told_to_a_person_and_its_single_topics_are_not() -> None:
    about = tokens_of(message("a", "b"), Noticed((), shopping)).about

    assert [phrase(token) for token in about] == ["mainly: shopping", ""]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Günstige Übersetzungen für Ämter"},
        {"parse_status": "repaired"},
        {"from_": Address("", "offers@shop.example@relay.example")},
    ],
    ids=["foreign letters", "malformed", "malformed sender"],
)
def test_what_is_odd_shows_in_header_sender_and_shape(change: dict[str, object]) -> None:
    plain = tokens_of(message("a", "b"))
    odd = tokens_of(replace(message("a", "b"), **change))

    for view in ("header", "sender", "shape"):
        new = set(getattr(odd, view)) - set(getattr(plain, view))
        assert new & {"foreign:2", "is:malformed", "is:sent from a malformed address"}
