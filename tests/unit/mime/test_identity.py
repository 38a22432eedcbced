"""Match keys are the same from a whole message and from the answer of a server; ids become numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime.identity import KEY_FIELDS, header_fields, match_key, reference_hashes

NOW = datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC)
names = st.sampled_from(["Message-ID", "message-id", "Date", "FROM", "Subject", "Received", "X-Other", "Subject "])
octets = st.binary(max_size=30).map(lambda value: value.translate(None, b"\r\n"))
values = st.lists(octets, min_size=1, max_size=3)
fields = st.lists(st.tuples(names, values), max_size=8)


def written(found: list[tuple[str, list[bytes]]], end: bytes) -> bytes:
    return b"".join(name.encode() + b": " + (end + b"\t").join(lines) + end for name, lines in found) + end


@given(fields, st.binary(max_size=50))
def test_the_key_of_a_message_is_that_of_its_fields_alone(found: list[tuple[str, list[bytes]]], body: bytes) -> None:
    answered = [(name, lines) for name, lines in found if name.strip().lower() in KEY_FIELDS]

    whole = match_key(header_fields(written(found, b"\r\n") + body), NOW)

    assert match_key(header_fields(written(answered, b"\r\n")), NOW) == whole
    assert match_key(header_fields(written(found, b"\n") + body), NOW) == whole


@given(st.lists(st.binary(max_size=12) | st.just(b"a\nb"), min_size=4, max_size=4))
def test_the_key_is_as_it_was_when_the_first_ones_were_stored(found: list[bytes]) -> None:
    ignored = bytes(range(0x21)) + b"\x7f\x80"
    whole = b"".join(value.translate(None, ignored) + b"\n" for value in found) + b"%d" % NOW.timestamp()

    assert match_key(tuple(found), NOW) == blake2b(whole, digest_size=16).digest()


def test_folding_and_white_space_do_not_count() -> None:
    one = header_fields(b"Subject: a long  subject\r\nFrom: Ada <ada@x.org>\r\n\r\n")
    two = header_fields(b"From:Ada\r\n <ada@x.org>\r\nSubject: a long\r\n\tsubject \r\n\r\n")

    assert match_key(one, NOW) == match_key(two, NOW)


def test_the_key_has_16_octets() -> None:
    assert len(match_key(header_fields(b""), None)) == 16


@pytest.mark.parametrize("name", [b"Message-ID", b"Date", b"From", b"Subject"])
def test_each_field_counts(name: bytes) -> None:
    assert match_key(header_fields(name + b": a\n\n"), NOW) != match_key(header_fields(name + b": b\n\n"), NOW)


def test_the_same_value_in_another_field_is_another_key() -> None:
    assert match_key((b"a", b"", b"", b""), NOW) != match_key((b"", b"a", b"", b""), NOW)


def test_the_internal_date_counts_in_whole_seconds_of_any_zone() -> None:
    key = match_key((), NOW)

    assert match_key((), NOW.replace(microsecond=999_999)) == key
    assert match_key((), NOW.astimezone(timezone(timedelta(hours=5)))) == key
    assert match_key((), NOW + timedelta(seconds=1)) != key
    assert match_key((), None) != key


def test_of_repeated_fields_the_topmost_counts() -> None:
    assert header_fields(b"Subject: one\nSubject: two\n\n", ("subject",)) == (b"one",)


def test_fields_after_the_header_do_not_count() -> None:
    assert header_fields(b"From: a\n\nSubject: body\n", ("subject", "from")) == (b"", b"a")


def test_hashes_begin_with_the_own_id_and_leave_out_what_is_missing() -> None:
    own, answered, first = (reference_hashes(value, "", ())[0] for value in ("own@x", "answered@x", "first@x"))

    assert reference_hashes("own@x", "answered@x", ["first@x", "answered@x"]) == (own, answered, first)
    assert reference_hashes("", "", []) == ()


@given(st.text(min_size=1))
def test_hashes_fit_a_signed_64_bit_column(value: str) -> None:
    for number in reference_hashes(value, "", ()):
        assert -(2**63) <= number < 2**63
