"""Known names are found however a text writes them, and what is a word of a language stays."""

from __future__ import annotations

from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.egress.named import known
from mailhelper_core.egress.names import KnownWords, parts_of
from mailhelper_core.egress.spelling import key
from mailhelper_core.model.mail.message import Address

PEOPLE = (
    "Anna Müller", "José García-Núñez", "Siobhán O’Brien", "Renée Strauß", "Schroeder, Joerg", "Søren Łukasz Đorđević",
    "Hans Meier", "Mark Rose", "Frank Will", "Jan Kowalski", "Bär", "Kurt Groß", "Jörg Schön", "Max Hill",
)  # fmt: skip
PARTS = parts_of([Address(name, "x@y.example") for name in PEOPLE])


def _left(text: str) -> str:
    """Answer a text with a star for each place of a name."""
    for one in sorted(known(text, PARTS), key=lambda place: -place.start):
        text = f"{text[: one.start]}*{text[one.end :]}"
    return text


@pytest.mark.parametrize(
    "text",
    [
        "anna müller", "anna muller", "Mueller", "ANNA MUELLER", "Schröder", "schroder", "Jörg", "jorg", "Sören",
        "soren lukasz dordevic", "Jose Garcia Nunez", "josé nuñez", "renee strauss", "Baer", "ánna", "ännä",
        "Аnna", "Аnnа Мüllеr", "Αnna Μüller", "Нans", "ʜᴀɴs", "A\u0304nna", "Mu\u0308ller",
        "Anna's", "Anna’s", "Annas", "ANNAS", "Müllers", "muellers", "Müllern", "Müllerin", "Müllersche", "Meierin",
        "Hansens", "Kowalskiego", "Kowalska", "AnnaMüller", "annamüller", "anna77", "obrien", "Brien",
        "Frank", "Mark's", "frank müller", "Groß", "jörg schön",
    ],
)  # fmt: skip
def test_a_known_name_is_found_however_it_is_written(text: str) -> None:
    assert _left(f"heute kam {text}, und") == "heute kam *, und"


@pytest.mark.parametrize(
    "text",
    [
        "we mark it and will be frank, the rose and the marks", "schon heute an der bar, ein großer Hügel auf dem hill",
        "max. 5 per hill", "Annalen, Annahme, banana, Müllabfuhr, Meierei, Hansestadt, Germany", "это на её месте",
        "3ada9 anna123456", "joe sue", "neue Mauer und Dauer",
    ],
)  # fmt: skip
def test_what_is_a_word_stays(text: str) -> None:
    assert _left(text) == text


def test_two_names_that_are_words_are_a_name_side_by_side() -> None:
    assert _left("so says mark rose") == "so says *"


LETTERS = {"a": "aAаАαΑáÄ", "n": "nNñŃ", "h": "hHНħ", "s": "sSѕЅš", "o": "oOоОοΟøÖ", "k": "kKКκ", "w": "wWԝ",
           "l": "lLłĹ", "i": "iIіІıÍ"}  # fmt: skip


@given(st.sampled_from(["anna", "hans", "kowalski"]), st.data())
def test_letters_that_look_alike_hide_no_name(name: str, data: st.DataObject) -> None:
    written = "".join(data.draw(st.sampled_from(LETTERS[letter])) for letter in name)

    assert key(written) == name
    assert _left(f"({written})") == "(*)"


NAMES = st.text("aäbsn", min_size=2, max_size=5)


@given(
    st.lists(st.sampled_from(["a", "ab", "Ab", "'s", " ", ", ", "7", "-", "ä", "ns", "n"]), max_size=20), st.sets(NAMES)
)
def test_places_do_not_overlap_and_no_word_is_half(pieces: list[str], parts: set[str]) -> None:
    text = "".join(pieces)
    found = list(known(text, parts))

    assert all(one.end <= other.start for one, other in pairwise(found))
    assert not any(text[one.start - 1 : one.start].isalnum() or text[one.end : one.end + 1].isalnum() for one in found)


@pytest.mark.parametrize("text", ["a" * 6_000, "ab" * 3_000, "aa " * 2_000, "schsch" * 1_000, "ski" * 2_000])
def test_no_text_costs_more_than_others(text: str) -> None:
    parts = {"a" * size for size in range(2, 200)} | {"ab", "abab", "ski", "sch"}
    began = process_time()
    list(known(text, parts))

    assert process_time() - began < 0.5


def test_whom_the_owner_writes_to_is_known_in_small_letters_beside_another_name_of_theirs() -> None:
    words = KnownWords.of(["Petronella Quastenberg", "Grün, Ada", "Will Price"])

    assert words.written_in("gestern schrieb petronella quastenberg.") == {"Petronella", "Quastenberg"}
    assert words.written_in("ada gruen wrote") == {"Ada", "Grün"}
    assert words.written_in("Quаstenberg (with a Cyrillic letter)") == {"Quastenberg"}
    assert words.written_in("der grün gestrichene; petronella; will price go up") == set()
