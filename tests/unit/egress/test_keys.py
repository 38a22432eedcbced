"""Keys and tokens that people paste into mail are found; words, names of files and code are none."""

from __future__ import annotations

import pytest

from mailhelper_core.egress.forms import found

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.abc-DEF_ghi"
PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG\nabcDEFghiJKLmnop\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (PEM, "\nMIIEvQIBADANBgkqhkiG\nabcDEFghiJKLmnop\n"),
        (PEM[:60], PEM[27:60]),
        (f"it is {JWT} now", JWT),
        ("use sk-proj-abcdefGHIJKLmnopqrst for it", "sk-proj-abcdefGHIJKLmnopqrst"),
        ("use ghp_abcdefghijklmnopQRSTUVWXYZ for it", "ghp_abcdefghijklmnopQRSTUVWXYZ"),
        ("the id AKIAIOSFODNNIEXAMPLE works", "AKIAIOSFODNNIEXAMPLE"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE"),
        ("Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"),
        ("Authorization: Basic YWRhOmh1bnRlcjI=", "YWRhOmh1bnRlcjI="),
        ("QWRhIExvdmVsYWNlIGFkYQ==", "QWRhIExvdmVsYWNlIGFkYQ=="),
        ("data:text/plain;base64,QWRhIExvdmVsYWNl", "QWRhIExvdmVsYWNl"),
        ("Cookie: session=abcdefabcdefqq", "session=abcdefabcdefqq"),
        ("<password>hunterxyz</password>", "hunterxyz"),
        ('<add key="db" password>hunterxyz</add>', "hunterxyz"),
        ("API key: abcdefghijklmnop", "abcdefghijklmnop"),
        ("token: qwertzuiopasdf", "qwertzuiopasdf"),
        ("WLAN-Schlüssel: sonnenblume-rot", "sonnenblume-rot"),
        ("The wifi key is sunflower-red.", "sunflower-red"),
        ("Der Lizenzschlüssel lautet ABCD-EFGH", "ABCD-EFGH"),
        ("pw » hunter22x", "hunter22x"),
    ],
)  # fmt: skip
def test_a_key_is_found_as_a_secret(text: str, value: str) -> None:
    assert value in {text[one.start : one.end] for one in found(text) if one.kind == "secret"}


@pytest.mark.parametrize(
    "text",
    [
        "The access key is required for this door.",
        "Der Schlüssel liegt unter der Matte.",
        "a token of thanks",
        "the key to success is patience",
        "MailHelperServiceFactoryBuilderImplementation",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "basic information and bearer bonds",
        "skating and sk-learn",
        "we have cookies: chocolate and plain",
        "a/b/c and x=y, 2+2=4",
    ],
)
def test_what_is_no_key_stays(text: str) -> None:
    assert [text[one.start : one.end] for one in found(text) if one.kind == "secret"] == []
