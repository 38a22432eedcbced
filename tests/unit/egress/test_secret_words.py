"""What a sentence says is a password or a code is found, what it says about one stays; English and German."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.egress.secret_words import secrets


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The password is hunter", "hunter"),
        ("the password is hunter2.", "hunter2"),
        ("Das Passwort lautet Sonnenblume und gilt", "Sonnenblume"),
        ("Passwort: hunter", "hunter"),
        ("Password = S3cret!", "S3cret!"),
        ("Ihr Kennwort ist Blau7meer.", "Blau7meer"),
        ("PIN 4711", "4711"),
        ("TAN KXQZW.", "KXQZW"),
        ("PIN is 4711", "4711"),
        ("the PIN for the door is 4711", "4711"),
        ("Ihre TAN lautet 482913", "482913"),
        ("Die mTAN ist 48ab", "48ab"),
        ("4711 is your PIN", "4711"),
        ("48291 ist Ihr Code", "48291"),
        ("your code is KXQZ-WM", "KXQZ-WM"),
        ("Use K7x9 as your access code", "K7x9"),
        ('The password for the archive is "open sesame".', "open sesame"),
        ("Das Passwort für die Datei lautet wie folgt:\n\nhunter2x", "hunter2x"),
        ("Passwort lautet ab sofort „Sommer“", "Sommer"),
        ("The password\n> is hunter2x", "hunter2x"),
        ("password hunter2", "hunter2"),
        ("Your password has been changed to swordfish, yesterday", "swordfish"),
        ("Dein Passwort wurde auf Sommerwind gesetzt", "Sommerwind"),
        ("WLAN-Passwort: geheim1", "geheim1"),
        ("Einmalpasswort: abcdefg", "abcdefg"),
        ("The passphrase is correct horse battery staple.", "correct horse battery staple"),
        ("The password's swordfish.", "swordfish"),
        ("Your login code is 48-291", "48-291"),
        ("Die Geheimzahl heißt 4711", "4711"),
        ("Das Passwort heisst sommer", "sommer"),
        ("Passwort -> hunter2", "hunter2"),
        ("pw: hunter", "hunter"),
        ("Mit hunter2x als Passwort kommst du rein", "hunter2x"),
        ("The password that is needed for the door is 4711abc", "4711abc"),
        ("Das Passwort, das du brauchst, ist Sommer7!", "Sommer7!"),
        ("OTP 93kd", "93kd"),
        ("CVV: 123", "123"),
        ("Der Türcode für das Haus ist 4711", "4711"),
        ("PUK = 12345", "12345"),
        ("Code für die Tür: 4711", "4711"),
        ("the pass phrase is Sommer-wind", "Sommer-wind"),
        ("My password is sunflower!", "sunflower!"),
        ("Die PIN lautet 47 11 und", "47 11"),
        ("Ihr Passwort:\n\n    S0mmer\n\nGruß", "S0mmer"),
        ("passwort ist *hunter2x*", "hunter2x"),
    ],
)
def test_a_secret_is_found_by_what_is_said_of_it(text: str, value: str) -> None:
    assert value in [text[one.start : one.end] for one in secrets(text)]


@pytest.mark.parametrize(
    "text",
    [
        "the password is wrong",
        "password is required",
        "The password is incorrect.",
        "Ihr Passwort ist abgelaufen",
        "Das Passwort ist falsch.",
        "Das Passwort ist ungültig",
        "The password is too short",
        "Your password was changed.",
        "Das Passwort wurde geändert",
        "Passwort vergessen?",
        "Passwort vergessen: hier klicken",
        "The code is broken",
        "the code is good",
        "Der Code ist kaputt.",
        "The source code is on our server.",
        "Das Passwort ist dir ja bekannt.",
        "password reset",
        "Reset your password within 30 minutes",
        "change the password by Friday",
        "I forgot my password and the door was closed.",
        "Das Passwort wurde am Freitag zurückgesetzt",
        "Dieser Code ist ungültig",
        "This is your password",
        "The captain is here",
        "Sultan is 34 years old",
        "PIN REQUIRED",
        "OTP SMS are late",
        "PIN is required",
        "Die PIN ist erforderlich.",
        "The dress code is casual.",
        "Password policy: Minimum length applies",
        'Click "Password forgotten"',
        "the tan is lovely",
        "Das Passwort muss sicher sein.",
        "The password is in the letter.",
        "Das Passwort ist im Brief.",
        "Your password was reset to protect your account.",
        "The code is as follows",
        "What is the password?",
        "Ist das Passwort noch gültig?",
        "Passwörter sind geheim",
        "She said the password is case-sensitive.",
        "the password is stored in the vault",
        "Das Passwort lautet anders.",
        "Das Passwort ist bis 12.03.2026 gültig",
        "The password is not 12 characters long",
        "password manager is great",
        "The password manager is 1Password",
        "Der Pin ist an der Wand.",
        "My zip code is 90210",
        "The area code 030 is right",
        "The error code is 404",
        "Bank code 10020030 and account",
        "Wednesday 14:30 is the code freeze",
        "code is at https://x.example/a1",
        "I forgot my password; my flight is LH123",
    ],
)
def test_what_is_said_about_a_secret_stays(text: str) -> None:
    assert [text[one.start : one.end] for one in secrets(text)] == []


LINKS = (
    "password is",
    "Passwort lautet",
    "Kennwort ist",
    "PIN for the door is",
    "TAN lautet",
    "code:",
    "Zugangscode ist",
)


@given(
    st.sampled_from(LINKS), st.from_regex(r"[a-z]{2}[0-9]{2}[a-zA-Z0-9]{0,12}", fullmatch=True), st.text(max_size=40)
)
def test_what_no_language_has_is_found_whatever_stands_behind_it(link: str, value: str, behind: str) -> None:
    text = f"The {link} {value} {behind}"

    found = [text[one.start : one.end] for one in secrets(text)]

    assert value in found
    assert "" not in found
