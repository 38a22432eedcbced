"""Charsets, encoded words, parameters and transfer encodings, with their repairs."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime.decode import (
    decode_base64,
    decode_field,
    decode_text,
    decode_transfer,
    find_codec,
    read_content_type,
    read_disposition,
    read_encoding,
    read_parameters,
)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf_8"),
        ("iso-8859-1", "cp1252"),
        ("latin1", "cp1252"),
        ("Windows-1251", "cp1251"),
        ("x-cp1250", "cp1250"),
        ("windows-874", "cp874"),
        ("iso-8859-8-i", "iso8859_8"),
        ("x-mac-cyrillic", "mac_cyrillic"),
        ("ks_c_5601-1987", "cp949"),
        ("gb2312", "gb18030"),
        ("shift_jis", "cp932"),
        ("utf-8*de", "utf_8"),
        ("iso-8859-2 (Latin 2)", "iso8859_2"),
        ("koi8-r", "koi8_r"),
        ("us-ascii", ""),
        ("x-unknown", ""),
        ("", ""),
        ("../../etc/passwd", ""),
    ],
)
def test_labels_mean_what_they_mean_in_mail(label: str, codec: str) -> None:
    assert find_codec(label) == codec


@pytest.mark.parametrize(
    "label", ["rot13", "zlib", "hex", "base64", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"]
)
def test_codecs_that_are_no_charsets_are_refused(label: str) -> None:
    assert find_codec(label) == ""


@pytest.mark.parametrize(
    ("data", "label", "text", "guessed"),
    [
        (b"plain", "", "plain", False),
        ("Grüße".encode("cp1252"), "iso-8859-1", "Grüße", False),
        ("Grüße".encode(), "utf-8", "Grüße", False),
        ("Grüße".encode(), "us-ascii", "Grüße", True),
        ("Grüße".encode(), "x-unknown", "Grüße", True),
        ("Grüße".encode("cp1252"), "x-unknown", "Grüße", True),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße", True),
        (b"\x81\x8d", "utf-8", "\x81\x8d", True),
        (("ä" * 20).encode() + b"\xc3", "utf-8", "ä" * 20 + "\ufffd", True),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本", False),
    ],
)
def test_charsets_follow_the_chain(data: bytes, label: str, text: str, guessed: bool) -> None:
    assert decode_text(data, label) == (text, guessed)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain subject", "plain subject"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= an alle", "Grüße an alle"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
        ("=?utf-8?b?w7w=?= =?iso-8859-1?q?=FC?=", "üü"),
        ("=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),
        ("Re: =?utf-8?q?a_b?=", "Re: a b"),
        ("=?iso-8859-1?Q?Fr\xf6sche?=", "Frösche"),
        ("=?NONE?B?VEVTVA==?=", "TEST"),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?utf-8?x?no?=", "=?utf-8?x?no?="),
        ("Gr\xfc\xdfe", "Grüße"),
        ("Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("=?utf-8?q?a=0D=0ABcc:_eve?=", "a Bcc: eve"),
        ("=?utf-8?q?a=00b?=", "ab"),
    ],
)
def test_fields_are_decoded(raw: str, text: str) -> None:
    assert decode_field(raw) == text


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1))
def test_encoded_words_come_back(text: str) -> None:
    word = f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="

    assert decode_field(word) == text


@given(st.binary(max_size=300), st.text(max_size=12))
def test_any_octets_become_text_of_any_label(data: bytes, label: str) -> None:
    text, _ = decode_text(data, label)

    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("data", "octets", "damaged"),
    [
        (b"aGVsbG8=", b"hello", False),
        (b"aGVs\r\nbG8=\r\n", b"hello", False),
        (b"aGVsbG8", b"hello", True),
        (b"aGVsbG8=A", b"hello", False),
        (b"a!G#V$s%bG8=", b"hello", False),
        (b"aGVsb", b"hel", True),
        (b"====", b"", False),
        (b"aGVsbG8=\r\n-- \r\nfooter", b"hello", False),
        (b"aGk=aGk=", b"hi", False),
        (b"=aGVs=bG8=A", b"hello", False),
        (b"=" * 100_000 + b"aGk=", b"hi", False),
        (b"aGVs=" * 500_000, b"hel" * 500_000, False),
        (b"", b"", False),
    ],
)
def test_base64_is_repaired(data: bytes, octets: bytes, damaged: bool) -> None:
    assert decode_base64(data) == (octets, damaged)


@given(st.binary())
def test_transfer_encodings_come_back(data: bytes) -> None:
    assert decode_transfer(base64.encodebytes(data), "base64") == (data, False)
    assert decode_transfer(b"".join(b"=%02X" % octet for octet in data), "quoted-printable") == (data, False)
    assert decode_transfer(data, "8bit") == (data, False)


@pytest.mark.parametrize("value", ["Base64", " base64 (RFC 2045)", "base64;", '"base64"', "base64\t"])
def test_an_encoding_is_known_with_something_behind_it(value: str) -> None:
    assert read_encoding(value) == "base64"


def test_uuencode_is_decoded_with_garbage_at_line_ends() -> None:
    lines = b"begin 644 a.txt\n%:&5L;&\\ garbage\n%:&5L;&\\\n`\nend\nrest\n"

    assert decode_transfer(lines, "x-uuencode") == (b"hellohello", False)


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        ("text/plain; charset=utf-8", {"charset": "utf-8"}),
        ('a/b; name="a \\"b\\".pdf"', {"name": 'a "b".pdf'}),
        ("a/b; NAME=x ; other = y", {"name": "x", "other": "y"}),
        ("a/b; name*=utf-8''Gr%C3%BC%C3%9Fe.pdf", {"name": "Grüße.pdf"}),
        ("a/b; name*0*=utf-8''Gr%C3%BC; name*1=sse; name*2=.pdf", {"name": "Grüsse.pdf"}),
        ("a/b; name*1=b; name*0=a", {"name": "ab"}),
        ("a/b; name=old.pdf; name*=utf-8''new.pdf", {"name": "new.pdf"}),
        ('a/b; name="=?utf-8?q?Gr=C3=BC=C3=9Fe?="', {"name": "Grüße"}),
        ('a/b; name="open', {"name": "open"}),
        ("a/b; ; =; x", {}),
    ],
)
def test_parameters_are_read(value: str, parameters: dict[str, str]) -> None:
    assert read_parameters(value) == parameters


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        ("Text/HTML; charset=x", "text/html"),
        ("", "text/plain"),
        ("text", "text/plain"),
        ("(comment) a/b", "text/plain"),
        ("text/html (a comment); charset=x", "text/html"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
    ],
)
def test_a_broken_content_type_means_plain_text(value: str, media_type: str) -> None:
    assert read_content_type(value)[0] == media_type


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment (a comment); filename="a (1).pdf"', "a (1).pdf"),
        ('attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        ('attachment; filename="invoice\u202efdp.exe"', "invoicefdp.exe"),
        ('attachment; filename="a\x00b.pdf"', "ab.pdf"),
        (f"attachment; filename={'a' * 5000}.pdf", "a" * 180 + ".pdf"),
        ("attachment", ""),
    ],
)
def test_file_names_are_one_safe_component(value: str, name: str) -> None:
    assert read_disposition(value) == ("attachment", name)
