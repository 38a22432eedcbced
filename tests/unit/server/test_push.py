"""Cutting pushed octets into responses: the same whatever pieces they came in, and only protocol errors."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap.push import cut_response

RESPONSES = st.lists(
    st.sampled_from(
        [
            [b"* 3 EXISTS\r\n"],
            [b'* STATUS "a" (MESSAGES 1)\r\n'],
            [b"* STATUS {3}\r\n", b"a\nb", b" (MESSAGES 1)\r\n"],
            [b"+ idling\r\n"],
            [b"* OK still {3} here\n"],
        ]
    )
)


@given(RESPONSES, st.integers(0, 200))
def test_whole_responses_are_cut_and_the_rest_is_left(responses: list[list[bytes]], missing: int) -> None:
    data = b"".join(b"".join(pieces) for pieces in responses)
    data = data[: max(0, len(data) - missing)]
    found, at = [], 0

    while (cut := cut_response(data, at)) is not None:
        found.append(cut[0])
        at = cut[1]

    assert found == responses[: len(found)]
    assert len(found) == len(responses) or len(data) - at < sum(map(len, responses[len(found)]))


@given(st.binary(max_size=200))
def test_garbage_is_cut_or_refused(data: bytes) -> None:
    at = 0
    with suppress(ServerError):
        while (cut := cut_response(data, at)) is not None:
            assert cut[1] > at
            at = cut[1]
