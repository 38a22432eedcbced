"""Properties of conditions: whoever changes what a rule saw is never overruled by it, and nobody else stops it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.actions.conditions import UNCONDITIONAL, is_elsewhere, is_outdated, unchanged_since
from mailhelper_core.model.work.operation import AddKeyword, MoveMessage
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.outbox import OutboxRow

SEEN_BY_RULE = frozenset({"$a"})
RULE_S = OutboxRow(
    1, 1, 1, AddKeyword(1, "$b"), decided_by="rule", decided_on={3: 17}, decided_keywords=frozenset({SEEN_BY_RULE})
)
BEFORE_KEYWORDS_WERE_NOTED = replace(RULE_S, decided_keywords=frozenset())

keywords = st.frozensets(st.sampled_from(("$a", "$b", "\\Seen")))
places = st.builds(
    lambda mailbox_id, words, mod_seq, ahead: Located(
        mailbox_id, "Work", "", words, 1, mod_seq=mod_seq, seen_mod_seq=mod_seq + ahead if mod_seq else 0
    ),
    st.sampled_from((3, 4)),
    keywords,
    st.integers(0, 40),
    st.integers(0, 5),
)


@given(places)
def test_an_owner_s_word_is_carried_out_wherever_and_however_the_message_is(place: Located) -> None:
    owner_s = replace(RULE_S, decided_by="owner")

    assert unchanged_since(owner_s, place) == UNCONDITIONAL
    assert not is_outdated(owner_s, place)


@given(places)
def test_a_rule_counts_on_the_number_it_saw_where_it_saw_the_message(place: Located) -> None:
    here = replace(place, mailbox_id=3)

    assert unchanged_since(RULE_S, here) == 17
    assert is_outdated(RULE_S, here) == (here.mod_seq > 17)


@given(places)
def test_elsewhere_the_keywords_count_and_then_the_number_seen_there(place: Located) -> None:
    there = replace(place, mailbox_id=4)

    assert unchanged_since(RULE_S, there) == (there.seen_mod_seq or None)
    assert is_outdated(RULE_S, there) == (there.mod_seq > 0 and there.keywords != SEEN_BY_RULE)


@given(places)
def test_what_was_decided_without_noting_keywords_is_bound_by_numbers_alone(place: Located) -> None:
    is_here = place.mailbox_id == 3

    assert unchanged_since(BEFORE_KEYWORDS_WERE_NOTED, place) == (17 if is_here else UNCONDITIONAL)
    assert is_outdated(BEFORE_KEYWORDS_WERE_NOTED, place) == (is_here and place.mod_seq > 17)


@given(places)
def test_moves_are_never_outdated(place: Located) -> None:
    assert not is_outdated(replace(RULE_S, operation=MoveMessage(1, "Archive")), place)


@given(places)
def test_a_mailbox_known_without_a_number_is_as_one_where_the_message_arrived(place: Located) -> None:
    known = replace(RULE_S, decided_on={3: 17, 4: 0})
    there = replace(place, mailbox_id=4)

    assert unchanged_since(known, there) == unchanged_since(RULE_S, there)
    assert is_outdated(known, there) == is_outdated(RULE_S, there)
    assert not is_elsewhere(known, there)


@given(places)
def test_a_rule_s_move_holds_where_the_rule_knew_the_message(place: Located) -> None:
    move = replace(RULE_S, operation=MoveMessage(1, "Archive"))

    assert is_elsewhere(move, place) == (place.mailbox_id != 3)
    assert is_elsewhere(replace(move, decided_by="owner"), place) == (place.mailbox_id != 3)  # that of an undo
    assert not is_elsewhere(replace(move, decided_by="owner", decided_on={}, decided_keywords=frozenset()), place)
    assert not is_elsewhere(replace(move, decided_keywords=frozenset()), place)
