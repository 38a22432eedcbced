"""Real mail and mail made to break parsers: nothing raises, nothing takes long, every string can be stored."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mailhelper_core.mime.html.safe import safe_html
from mailhelper_core.mime.parse import attachment_bytes, parse, parse_headers
from tests.unit.mime.evil import evil_mails
from tests.unit.mime.strings import strings, unclean

# CPU-seconds: for the whole corpus, and for any one mail.
CORPUS_SECONDS = 2.0
MAIL_SECONDS = 2.0
QUICK_BYTES = 60_000


@pytest.mark.shared_data
def test_real_mail_is_read_in_time_and_can_be_stored(shared_data: Path) -> None:
    raws = {path.stem: path.read_bytes() for path in sorted((shared_data / "mails").rglob("*.eml"))}
    seconds, parsed = {}, {}
    for name, raw in raws.items():
        started = time.process_time()
        parsed[name] = parse(raw)
        seconds[name] = time.process_time() - started

    total, slowest = sum(seconds.values()), max(seconds.values())
    states = Counter(mail.parse_status for mail in parsed.values())
    print(f"{len(raws)} mails, {total:.2f} CPU-s, slowest {slowest:.3f}, {dict(states)}")
    assert len(raws) == 501
    assert total <= CORPUS_SECONDS
    assert slowest <= MAIL_SECONDS
    assert {name for name, mail in parsed.items() if unclean(mail)} == set()
    assert states["ok"] > 400
    assert states["headers_only"] == 0
    with closing(sqlite3.connect(":memory:")) as database:
        for text in (text for mail in parsed.values() for text in strings(mail)):
            assert database.execute("SELECT ?", (text,)).fetchone() == (text,)


@pytest.mark.shared_data
def test_attachments_of_real_mail_are_found_again(shared_data: Path) -> None:
    found = 0
    for path in sorted((shared_data / "mails").rglob("*.eml")):
        raw = path.read_bytes()
        if len(raw) < 30_000:
            for attachment in parse(raw).attachments[:5]:
                assert len(attachment_bytes(raw, attachment.part)) == attachment.size
                found += 1

    assert found > 100


@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in evil_mails()])
def test_evil_mail_is_read_in_time(make: Callable[[], bytes]) -> None:
    check_evil(make()[:QUICK_BYTES])


@pytest.mark.full
@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in evil_mails()])
def test_large_evil_mail_is_read_in_time(make: Callable[[], bytes]) -> None:
    check_evil(make())


def check_evil(raw: bytes) -> None:
    started = time.process_time()
    parsed = parse(raw)
    seconds = time.process_time() - started

    assert seconds <= MAIL_SECONDS
    assert unclean(parsed) == []
    assert unclean(parse_headers(raw)) == []
    assert len(parsed.references) <= 20
    assert len(parsed.headers) <= 1_000
    started = time.process_time()
    safe_html(parsed.html or "")
    assert time.process_time() - started <= MAIL_SECONDS


def test_limits_leave_what_they_cut_visible() -> None:
    makers = dict(evil_mails())

    assert "parts-cut" in parse(makers["100,000 parts"]()).problems
    assert "depth-cut" in parse(makers["20,000 nested"]()).problems
    assert "header-cut" in parse(makers["header of 5 MB"]()).problems
    assert "addresses-cut" in parse(makers["20,000 recipients"]()).problems
    assert parse(makers["100,000 parts"]()).parse_status == "partial"
