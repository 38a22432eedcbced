"""The wire of the IMAP server: names, sets, tokens; parsing never fails in another way than WireError."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.testing.wire import encode
from mailhelper_core.testing.wire.scanner import Scanner, WireError
from mailhelper_core.testing.wire.sequence import SequenceSet, format_numbers
from mailhelper_core.testing.wire.utf7 import decode_mailbox, encode_mailbox

NAMES = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.lists(st.integers(1, 60), unique=True).map(sorted)
RANGES = st.tuples(st.integers(0, 60), st.integers(0, 60))


@given(NAMES)
def test_mailbox_names_survive_modified_utf7(name: str) -> None:
    wire = encode_mailbox(name)

    assert wire.isascii()
    assert decode_mailbox(wire) == name


@pytest.mark.parametrize(
    ("name", "wire"),
    [("Entwürfe", b"Entw&APw-rfe"), ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"), ("R&D", b"R&-D")],
)
def test_names_are_written_as_the_rfc_shows(name: str, wire: bytes) -> None:
    assert encode_mailbox(name) == wire


@given(st.binary(max_size=30))
def test_decoding_a_name_raises_nothing_but_value_error(wire: bytes) -> None:
    with suppress(ValueError):
        decode_mailbox(wire)


@given(st.lists(RANGES, min_size=1), NUMBERS)
def test_a_sequence_set_selects_what_it_contains(ranges: list[tuple[int, int]], numbers: list[int]) -> None:
    wanted = SequenceSet(tuple(ranges))

    selected = wanted.select(numbers)

    last = numbers[-1] if numbers else 0
    assert selected == [number for number in numbers if wanted.contains(number, last=last)]


def test_a_star_means_the_last_even_when_the_range_begins_behind_it() -> None:
    assert SequenceSet.parse("9:*").select([1, 2, 5]) == [5]
    assert SequenceSet.parse("*").select([]) == []


def test_a_set_of_more_numbers_than_fit_is_refused() -> None:
    every = range(1, 2**32 + 3)

    assert SequenceSet.parse("7,4294967290:*").select(every) == [7, *range(2**32 - 6, 2**32 + 3)]
    with pytest.raises(ValueError, match="too many"):
        SequenceSet.parse("1:*").select(every)


@given(st.lists(st.integers(1, 60)))
def test_number_lists_say_every_number_in_order(numbers: list[int]) -> None:
    written = format_numbers(numbers).decode()

    read = [
        number
        for part in written.split(",")
        if part
        for low, _, high in [part.partition(":")]
        for number in range(int(low), int(high or low) + 1)
    ]
    assert read == numbers


@pytest.mark.parametrize("text", ["", "0", "1:", ":", "1,,2", "a", "4294967296", "1:2:3"])
def test_what_is_no_sequence_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        SequenceSet.parse(text)


@given(st.binary(max_size=600))
def test_strings_survive_writing_and_reading(data: bytes) -> None:
    assert Scanner(encode.string(data)).string() == data


@given(NAMES)
def test_mailbox_names_survive_writing_and_reading(name: str) -> None:
    expected = "INBOX" if name.upper() == "INBOX" else name

    assert Scanner(encode.mailbox(name)).mailbox() == expected


@given(st.datetimes(), st.integers(-12 * 60, 14 * 60))
def test_times_survive_writing_and_reading(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    assert Scanner(encode.date_time(moment)).date_time() == moment


def test_days_are_written_in_two_columns() -> None:
    assert encode.date_time(datetime(2024, 2, 6, 9, 0, tzinfo=UTC)) == b'" 6-Feb-2024 09:00:00 +0000"'


def test_a_date_may_be_quoted() -> None:
    assert Scanner(b'"1-Feb-2024"').date() == Scanner(b"1-feb-2024").date() == date(2024, 2, 1)


TOKENS = st.sampled_from(
    [
        Scanner.atom, Scanner.number, Scanner.sequence_set, Scanner.flag, Scanner.flags, Scanner.string,
        Scanner.literal, Scanner.astring, Scanner.mailbox, Scanner.list_pattern, Scanner.date,
        Scanner.date_time, Scanner.space,
    ]
)  # fmt: skip
BROKEN = st.binary(max_size=40) | st.text('()"\\{}+*:,.[]<> 0123456789abc\r\n&-', max_size=40).map(str.encode)


@given(BROKEN, st.lists(TOKENS, max_size=6))
def test_scanning_raises_nothing_but_wire_error(data: bytes, tokens: list) -> None:
    scanner = Scanner(data)
    with suppress(WireError):
        for token in tokens:
            token(scanner)
        scanner.end()
