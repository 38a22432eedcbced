"""Wildcards stand for octets (RFC 5228 2.7.1), and half a letter never leaves a script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.sieve.action import Action, FileInto, Keep
from mailhelper_core.sieve.values.glob import compile_glob
from mailhelper_core.sieve.values.octets import from_octets, is_whole, joined, to_octets, whole
from tests.unit.sieve.mails import FakeMail, decide

KEPT = (Keep(is_implicit=True),)
TEXTS = st.text("aä日😀", max_size=6)


@pytest.mark.parametrize(
    ("key", "holds"),
    [("?", False), ("??", True), ("?b", False), ("*?", True), ("?*?", True), ("???", False), ("ä", True), ("Ä", False)],
)
def test_a_letter_beyond_ascii_is_several_octets(key: str, holds: bool) -> None:
    assert (compile_glob(key, "i;ascii-casemap")("ä") is not None) is holds


def test_halves_that_meet_again_are_a_letter() -> None:
    script = 'if string :matches "äb" "??*" { fileinto "${1}${2}-${3}"; }'

    assert decide(script).actions == (FileInto("ä-b"),)


@pytest.mark.parametrize(
    "action",
    ['fileinto "${1}";', 'fileinto "x${1}y";', 'redirect "${1}@example.org";', 'set "a" "${1}"; fileinto "${a}";'],
)
def test_half_a_letter_names_nothing(action: str) -> None:
    decision = decide(f'if string :matches "ä" "?*" {{ {action} }}')

    assert decision.actions == KEPT
    assert decision.error


@pytest.mark.parametrize(
    ("test", "actions"),
    [
        ('header :contains "subject" "${1}"', (FileInto("A"),)),
        ('header :matches "subject" "*${1}*"', (FileInto("A"),)),
        ('header :is "subject" "${1}"', KEPT),
        ('string :regex "${1}" "^.$"', (FileInto("A"),)),
        ('header :regex "subject" "${1}"', KEPT),
    ],
)
def test_half_a_letter_is_looked_for_among_octets(test: str, actions: tuple[Action, ...]) -> None:
    mail = FakeMail((("Subject", "häh"),))

    assert decide(f'if string :matches "ä" "?*" {{ if {test} {{ fileinto "A"; }} }}', mail).actions == actions


def test_half_a_pair_of_utf_16_in_a_script_breaks_nothing() -> None:
    assert decide('if header :matches "subject" "?\ud800*" { fileinto "A"; }').actions == KEPT
    assert decide('fileinto "\ud800";').actions == KEPT


@given(TEXTS)
def test_octets_and_back(text: str) -> None:
    assert from_octets(to_octets(text)) == text == joined(text) == whole(text)
    assert is_whole(text)
    assert joined("".join(map(from_octets, to_octets(text)))) == text


@given(st.text("aä?*", max_size=6), TEXTS)
def test_the_texts_of_wildcards_make_up_the_octets(pattern: str, text: str) -> None:
    groups = compile_glob(pattern, "i;octet")(text)

    if groups:
        waiting = iter(groups[1:])
        assert joined("".join(next(waiting) if one in "*?" else one for one in pattern)) == text == groups[0]
