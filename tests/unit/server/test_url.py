"""Account URLs: what they say, and what they may not hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.server.url import is_loopback, parse_url


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("imaps://imap.example.org", Endpoint("imaps", "imap.example.org", 993, "", "ada", "tls")),
        ("imaps://[::1]:1993/", Endpoint("imaps", "::1", 1993, "", "ada", "tls")),
        ("imap://imap.example.org", Endpoint("imap", "imap.example.org", 143, "", "ada", "starttls")),
        ("imap://localhost:10143", Endpoint("imap", "localhost", 10143, "", "ada", "none")),
        ("maildir:///home/ada/My%20Mail", Endpoint("maildir", "", 0, "/home/ada/My Mail", "ada", "none")),
        ("mbox:///var/mail/ada", Endpoint("mbox", "", 0, "/var/mail/ada", "ada", "none")),
    ],
)
def test_url_says_where_and_how_securely(url: str, endpoint: Endpoint) -> None:
    assert parse_url(url, username="ada") == endpoint


def test_options_stand_in_the_query() -> None:
    endpoint = parse_url("imap://imap.example.org?security=none&auth=xoauth2")

    assert endpoint.security == "none"
    assert endpoint.options == (("auth", "xoauth2"), ("security", "none"))


def test_options_given_beside_the_url_win() -> None:
    endpoint = parse_url("imap://imap.example.org?security=none&auth=xoauth2", options={"security": "starttls"})

    assert endpoint.security == "starttls"
    assert endpoint.options == (("auth", "xoauth2"), ("security", "starttls"))


def test_secret_does_not_show() -> None:
    assert "geheim" not in repr(parse_url("imaps://imap.example.org", secret="geheim"))


@pytest.mark.parametrize(
    "url",
    ["", "imap.example.org", "imaps://", "imaps://host:0x", "imaps://host:99999", "imaps://host/INBOX",
     "imap://host?security=maybe", "imaps://[::1"],
)  # fmt: skip
def test_urls_that_cannot_work_are_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        parse_url(url)


@pytest.mark.parametrize("url", ["imaps://ada@host", "imaps://ada:secret@host", "maildir://ada@/path"])
def test_secrets_in_urls_are_refused_with_the_way_to_pass_them(url: str) -> None:
    with pytest.raises(InvalidError, match="username= and password=") as caught:
        parse_url(url)

    assert "secret" not in str(caught.value)


@given(st.text())
def test_any_text_is_read_or_refused(url: str) -> None:
    try:
        parse_url(url)
    except InvalidError:
        return


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("example.org", False),
     ("10.0.0.1", False), ("localhost.example.org", False), ("", False)],
)  # fmt: skip
def test_loopback_is_this_machine_only(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
