"""The generator's header writer against the standard library's reader."""

from __future__ import annotations

import email
from email import policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.testing.generator import header

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=80)


@given(TEXT.map(lambda text: " ".join(text.split())), st.booleans())
def test_text_survives_and_every_word_is_short(value: str, base64: bool) -> None:
    encoded = header.text(value, "utf-8", base64=base64)

    assert str(make_header(decode_header(encoded))) == value
    assert value.isascii() or max(map(len, encoded.split())) <= 75


@given(st.text("abc  ,:;", max_size=400))
def test_folding_only_breaks_lines(value: str) -> None:
    folded = header.field("X-Test", value).decode()

    assert folded.replace("\r\n", "") == f"X-Test: {value}"
    assert all(line.strip() for line in folded.rstrip("\r\n").split("\r\n")[1:])


@pytest.mark.parametrize("name", ["Ada Berger", "Berger, Ada", 'the "one"', "Jürgen Groß", ""])
def test_names_are_read_back(name: str) -> None:
    field = header.field("From", header.address(name, "ada@example.org", "utf-8"))

    address = email.message_from_bytes(field + b"\r\n", policy=policy.default)["From"].addresses[0]
    assert (address.display_name, address.addr_spec) == (name, "ada@example.org")


@pytest.mark.parametrize("rfc2231", [True, False])
@pytest.mark.parametrize("name", ["Übersicht 7.pdf", "a.pdf"])
def test_file_names_are_read_back(name: str, rfc2231: bool) -> None:
    value = f"attachment; {header.file_name('filename', name, rfc2231=rfc2231)}"

    message = email.message_from_bytes(header.field("Content-Disposition", value) + b"\r\n", policy=policy.default)
    assert message.get_filename() == name
