"""Servers for an address: known providers, usual names, and clear refusals."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.accounts.discover import discover
from mailhelper_core.errors import InvalidError


def test_a_known_provider_has_one_answer_and_says_what_it_takes():
    (guess,) = discover("Ada@GoogleMail.com")

    assert guess.url == "imaps://imap.gmail.com"
    assert guess.credential == "app_password"


def test_an_unknown_domain_is_tried_by_its_usual_names():
    urls = [guess.url for guess in discover("ada@example.org")]

    assert urls == ["imaps://imap.example.org", "imaps://mail.example.org", "imaps://example.org"]


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@example.org", "ada@", "ada@localhost", "ada@ex ample.org", "a@b.c/d", "a@[.", "a@[::1].org"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(InvalidError, match="looks like"):
        discover(address)


@given(st.text())
def test_a_guess_never_names_another_host_than_the_address_does(text):
    try:
        guesses = discover(f"ada@{text}")
    except InvalidError:
        return

    domain = text.rpartition("@")[2].strip().lower().rstrip(".")
    assert all(urlsplit(guess.url).scheme == "imaps" for guess in guesses)
    assert guesses[0].provider or all(guess.url.endswith(domain) for guess in guesses)
