"""A mail of many bodies is read as far as it is shown."""

from __future__ import annotations

import pytest

from mailhelper_core.mime.parse import parse
from mailhelper_core.mime.structure import Limits
from tests.unit.mime.test_parse import mail, multipart, part


def test_parts_behind_more_than_is_shown_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(
        "mailhelper_core.mime.parse.html_to_text", lambda html, *, is_clean: read.append(html) or "words"
    )
    raw = mail(multipart("mixed", *[part("text/html", f"<p>{number}{'x' * 90}</p>") for number in range(50)]))

    parsed = parse(raw, limits=Limits(html_chars=1_000))

    assert len(read) == 11
    assert parsed.parse_status == "partial"
    assert "text-cut" in parsed.problems
