"""How one who is answered is addressed: a person by name, an organisation without a first name."""

from __future__ import annotations

import pytest

from mailhelper_core import Address
from mailhelper_core.replies.templates import salutation


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
