"""How one who is answered is addressed, and once: a person by name, an organisation without a first name."""

from __future__ import annotations

import pytest

from mailhelper_core import Address
from mailhelper_core.replies.templates import SALUTATIONS, is_familiar, salutation, sentence, ungreeted


@pytest.mark.parametrize(
    ("name", "addr_spec"),
    [
        ("Stadtwerke Auental", "kundenservice@stadtwerke-auental.example.com"),
        ("Volkskasse Süd", "news@volkskasse-sued-6af9.example.com"),
        ("Harbour & Hill", "returns@harbour-hill.example.com"),
        ("Stackyard", "billing@mail.stackyard.example"),
        ("", "nobody@example.org"),
    ],
)
def test_an_organisation_has_no_first_name(name: str, addr_spec: str) -> None:
    assert salutation("Hallo {first},", Address(name, addr_spec), "de", "friendly") == "Hallo,"


@pytest.mark.parametrize(
    ("name", "addr_spec"),
    [
        ("Ada Lovelace", "ada@example.org"),
        ("Ada Lovelace", "mail@example.org"),
        ("Ada Lovelace", "ada@ada-lovelace.example"),
        ("Lovelace, Ada", "info@lovelace.example"),
        ("Ada", "me@adamant.example"),
    ],
)
def test_a_person_is_addressed_by_name(name: str, addr_spec: str) -> None:
    assert salutation("Hallo {first},", Address(name, addr_spec), "de", "friendly") == "Hallo Ada,"


def test_words_of_the_owner_without_a_name_stay() -> None:
    organisation = Address("Stackyard", "billing@stackyard.example")

    assert salutation("Good day,", organisation, "en", "friendly") == "Good day,"


@pytest.mark.parametrize(
    "salutation",
    ["Hi Bob,", "Dear Mr. Builder,", "Hello!", "Sehr geehrte Damen und Herren,", "Guten Tag Frau Dr. Süß,"],
)
def test_a_draft_is_not_greeted_twice(salutation: str) -> None:
    assert ungreeted(f"{salutation}\n\nFriday is fine.") == "Friday is fine."


@pytest.mark.parametrize(
    "text",
    ["Hi Bob, thanks for the plan.\nFriday is fine.", "Dear is the price.\n\nNo.", "Hello", "Friday, then.\nBye"],
)
def test_sentences_stay(text: str) -> None:
    assert ungreeted(text) == text


@pytest.mark.parametrize("kind", ["complaint", "question", "request", "confirmation", "information", "other"])
@pytest.mark.parametrize("tone", ["formal", "friendly", "brief", "decline"])
def test_a_german_draft_says_du_to_a_first_name_and_sie_to_others(kind: str, tone: str) -> None:
    pattern = SALUTATIONS["de"][tone]
    familiar = is_familiar(pattern, Address("Ada Lovelace", "ada@example.org"), tone)

    words = set(sentence("de", tone, kind, is_familiar=familiar).replace(",", "").split())

    assert familiar is ("{first}" in pattern)
    assert not words & ({"Sie", "Ihre"} if familiar else {"du", "deine"})


@pytest.mark.parametrize(
    ("pattern", "tone", "familiar"),
    [
        ("Moin!", "friendly", True),
        ("Moin!", "formal", False),
        ("Sehr geehrte Damen und Herren,", "friendly", False),
        ("Liebe {first},", "formal", True),
        ("Hallo Frau {last},", "friendly", False),
    ],
)
def test_a_salutation_of_the_owners_decides_how_familiar_a_draft_is(pattern: str, tone: str, familiar: bool) -> None:
    assert is_familiar(pattern, Address("Ada Lovelace", "ada@example.org"), tone) is familiar
