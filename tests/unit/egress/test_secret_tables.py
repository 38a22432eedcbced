"""Passwords and codes in tables are found, as they are written and as HTML tables are read; other cells stay."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.egress.secret_words import secrets


def _found(text: str) -> list[str]:
    return sorted({text[one.start : one.end] for one in secrets(text)})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("| Passwort | sonne |", ["sonne"]),
        ("Benutzer | ada\nPasswort | blaue sonne", ["blaue sonne"]),
        ("Benutzer | Passwort\nada | sonne\nbob | mond", ["mond", "sonne"]),
        ("| User | Password | Since |\n|------|----------|-----|\n| ada | **sonne** | May |", ["sonne"]),
        ("> | Password | User |\n> | sonne | ada |\n\nBye | now", ["User"]),
        ("user,password,host\nada,sonne,box\nbob,mond,box", ["mond", "sonne"]),
        ("Name;PIN\nada;sonne", ["sonne"]),
        ("Benutzer Passwort\n\nada sonne\n\nbob mond\n\nThat is all.", ["mond", "sonne"]),
        ("Server Name Password\nbox ada sonne", ["sonne"]),
        ("Benutzer: ada\nPasswort sonne", ["sonne"]),
        ("Passwort sonne\n\nBenutzername ada", ["sonne"]),
        ("Benutzername\n\nada\n\nPasswort\n\nsonne", ["sonne"]),
    ],
)
def test_a_secret_of_a_table_is_found(text: str, values: list[str]) -> None:
    assert _found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "Passwort ändern | Hilfe", "Passwort | vergessen", "Home | Password reset | Help", "Passwort zurücksetzen",
        "Your account password\nplease call me", "Mail: ada\nPasswort ändern", "name, password, and so on",
        "You need your name, your password, and luck.\nAll, of it, counts", "Passwort\n\nSommer",
        "Password\n\nada\n\nName",
        "the password | which I forgot", "Login\nto change the password\nHello you",
    ],
)  # fmt: skip
def test_what_is_no_value_stays(text: str) -> None:
    assert _found(text) == []


@given(
    st.lists(
        st.sampled_from(["Passwort", "PIN", "User", "ada", "|", ";", ",", " ", "\n", "> ", "--", "*"]), max_size=40
    )
)
def test_no_table_breaks_it(pieces: list[str]) -> None:
    text = "".join(pieces)

    assert all(0 <= one.start < one.end <= len(text) for one in secrets(text))


@pytest.mark.parametrize(
    "text", ["User|PIN\n" * 600, "PIN|" * 1_500, "PIN\n" * 1_500, "User PIN\n" * 600, "PIN " * 1_500]
)
def test_no_text_costs_more_than_others(text: str) -> None:
    began = process_time()
    secrets(text)

    assert process_time() - began < 0.5
