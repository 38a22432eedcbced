"""Whether a body is that of the message whose metadata came."""

from __future__ import annotations

import pytest

from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.sync.incoming import belongs, read_metadata

OTHER = b"Message-ID: <b@x>\r\nSubject: Re: one\r\n"


@pytest.mark.parametrize(
    ("raw", "is_its_own"),
    [
        (b"Subject: one\r\nMessage-ID: <a@x>\r\n\r\nText.\r\n", True),
        (b"Message-ID: <a@x>\r\n\r\nText.\r\n", True),
        (b"Subject: one\nmessage-id:<a@x>\n\nText.\n", True),
        (b"Subject: one\r\nMessage-Id:\r\n <a@x>\r\n\r\nText.\r\n", True),
        (b"Subject: one\r\nMessage-ID: <a@x>\r\n", True),
        (OTHER + b"In-Reply-To: <a@x>\r\n\r\nText.\r\n", False),
        (OTHER + b"References: <z@x>\r\n <a@x>\r\n\r\nText.\r\n", False),
        (OTHER + b"\r\nSubject: one\r\nMessage-ID: <a@x>\r\n\r\nquoted\r\n", False),
        (OTHER + b"X-Original:\r\n Message-ID: <a@x>\r\n\r\nText.\r\n", False),
        (b"Message-ID: <a@xy>\r\n\r\nText.\r\n", False),
        (b"", False),
        (b"\r\nSubject: one\r\nMessage-ID: <a@x>\r\n\r\nText.\r\n", False),
        (b"Subject: one\nMessage-Id: <a@x>\r\n\nText.\n", True),
        (b"Subject: one\r\nMessage-ID:\r\n\t<a@x>\r\n\r\nText.\r\n", True),
        (b"In-Reply-To: <a@x>\r\nMessage-ID: <a@x>\r\n\r\nText.\r\n", True),
        (OTHER + b"\nSubject: one\nMessage-Id: <a@x>\r\n\nquoted\n", False),
    ],
    ids=[
        "usual", "first field", "other spelling", "folded", "no body", "answer", "references", "quoted", "in a fold",
        "longer", "nothing", "no header", "of others", "folded with a tab", "answer to itself", "quoted, short lines",
    ],
)  # fmt: skip
def test_only_the_field_itself_says_whose_a_body_is(raw: bytes, is_its_own: bool) -> None:
    told = read_metadata(RemoteMetadata(1, frozenset(), None, len(raw), b"Message-ID: <a@x>\r\n\r\n"))

    assert belongs(told, raw) is is_its_own


def test_without_a_message_id_the_size_decides() -> None:
    told = read_metadata(RemoteMetadata(1, frozenset(), None, 9, b"Subject: one\r\n\r\n"))

    assert belongs(told, b"123456789")
    assert not belongs(told, b"12345678")
