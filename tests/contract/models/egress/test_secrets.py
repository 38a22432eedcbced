"""Passwords and codes that a sentence names do not leave, at either level; what is said about them does."""

from __future__ import annotations

import random

import pytest

from tests.contract.models.desk import on_sqlite
from tests.contract.models.egress.test_leaks import SEED, _leaked, _send

# What is replaced in a text is decided in memory; that it is kept in both databases is said in test_gate.py.
pytestmark = on_sqlite

SAID = (
    "Das Passwort lautet {secret} und die PIN für die Tür ist {code}.",
    "The password for the archive is {secret}; {code} is your PIN.",
    "Your code is {code}, {secret} is your new password. TAN {code}.",
    "Dein Kennwort wurde auf {secret} geändert\n> und der Zugangscode\n> ist {code}.",
    "WLAN-Passwort: {secret}, PUK {code}, use {secret} as password.",
)
TIMES = 4


@pytest.mark.parametrize("level", ["pseudonyms", "strict"])
def test_no_password_or_code_leaves_that_a_sentence_names(desk, level):
    maker, planted = random.Random(SEED), set()
    desk.allow("classify", "embed", level=level)

    for sentence in SAID * TIMES:
        while "{" in sentence:
            kind = sentence[sentence.index("{") + 1 : sentence.index("}")]
            value = _secret(maker) if kind == "secret" else _code(maker)
            planted.add(value)
            sentence = sentence.replace(f"{{{kind}}}", value, 1)
        _send(desk, desk.mail("Access", f"Hi Ada,\n\n{sentence}\n\nThe password is required."))

    assert sorted(set(_leaked(planted, desk.sent()))) == [], f"seed {SEED}"
    assert len(planted) == TIMES * sum(one.count("{") for one in SAID)
    assert "The password is required." in desk.sent()


def _secret(maker: random.Random) -> str:
    first, last = _letters(maker, 4), _letters(maker, 4)
    return maker.choice([f"{first}{maker.randint(10, 99)}", f"{first}#{last}", f"{first}X{last}"])


def _code(maker: random.Random) -> str:
    digits = str(maker.randint(2222, 9999))
    return maker.choice([digits, _letters(maker, 5).upper(), f"{_letters(maker, 2)}{digits}"])


def _letters(maker: random.Random, count: int) -> str:
    return "".join(maker.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))
