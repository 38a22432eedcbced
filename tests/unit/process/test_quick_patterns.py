"""What is written to be quick finds exactly what the plain way finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.ai.tokens import tokens_of
from mailhelper_core.process.heuristics import facts
from tests.unit.process.mails import generated, labelled, mail

PLAIN_CODE = re.compile(
    r"(?<![\w.,/#-])(?!(?:19|20)\d\d\b)(?:\d{4,8}|\d{3}[ -]\d{3}|(?=[A-Z]{0,7}\d)[A-Z\d]{6,8})(?![\w,/-]|\.\d)"
)
PLAIN_MONEY = re.compile(
    r"\d[.,]\d\d[ \u00a0\u202f]?(?:€|EUR|CHF|USD|GBP|\$|£)|(?:€|EUR|CHF|USD|GBP|\$|£)[ \u00a0\u202f]?\d"
)
PLAIN_FOREIGN = re.compile(r"[^\W\d_A-Za-z]+")
# What the patterns tell apart, and a digit of another script.
NEAR = st.text("AB1290 .,/#-_xé\n\u0663EURCHFUSDGBP€$£\u00a0\u202f", max_size=14)
MAILS = [one.message for one in (*labelled(), *generated("a", seed=5, count=60))]


def _same(quick: re.Pattern[str], plain: re.Pattern[str], text: str) -> None:
    assert [found.span() for found in quick.finditer(text)] == [found.span() for found in plain.finditer(text)]


@given(st.text(max_size=40) | NEAR | st.lists(NEAR, max_size=4).map(" ".join))
def test_codes_and_sums_are_found_where_the_plain_patterns_find_them(text):
    _same(facts._CODE, PLAIN_CODE, text)
    _same(facts._MONEY, PLAIN_MONEY, text)


def test_codes_and_sums_of_mails_are_found_where_the_plain_patterns_find_them():
    for message in MAILS:
        _same(facts._CODE, PLAIN_CODE, message.text)
        _same(facts._MONEY, PLAIN_MONEY, message.text)


@given(st.text(max_size=60) | st.text("aéñßЖ漢\u0663½_ .", max_size=30))
def test_the_share_of_foreign_letters_counts_what_the_plain_pattern_finds(text):
    sample = f"\n{text}"
    foreign = sum(map(len, PLAIN_FOREIGN.findall(sample)))
    letters = foreign + len(re.findall("[A-Za-z]", sample))
    plain = f"foreign:{1 + min(5, 10 * foreign // letters)}" if foreign else "foreign:0"
    said = [token for token in tokens_of(mail(text=text)).header if token.startswith("foreign:")]

    assert said == ([plain] if foreign or not sample.isspace() else [])
