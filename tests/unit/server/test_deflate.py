"""COMPRESS: whatever is packed is unpacked, in pieces of any size, and a bomb never takes more than is asked for."""

from __future__ import annotations

import socket
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap import stream as stream_module
from mailhelper_core.server.imap.deflate import Deflate
from mailhelper_core.server.imap.pieces import read_pieces
from mailhelper_core.server.imap.stream import Stream
from mailhelper_core.server.imap.wire import Wire


def packed(*parts: bytes) -> bytes:
    pack = Deflate()
    return b"".join(map(pack.pack, parts))


@given(st.lists(st.binary(max_size=300), max_size=8), st.integers(1, 40), st.integers(1, 50))
def test_what_is_packed_is_unpacked(parts: list[bytes], received: int, at_most: int) -> None:
    data, other, found = packed(*parts), Deflate(), b""

    for at in range(0, len(data), received):
        other.take(data[at : at + received])
        while other.has_more:
            piece = other.unpack(at_most)
            assert len(piece) <= at_most
            found += piece

    assert found == b"".join(parts)


def test_bomb_gives_no_more_than_is_asked_for() -> None:
    other = Deflate()
    other.take(packed(b"x" * 50_000_000))

    assert [len(other.unpack(1000)) for _ in range(20)] == [1000] * 20


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, Stream]]:
    server, client = socket.socketpair()
    with server, client:
        yield server, Stream(client, timeout=2)


@pytest.mark.parametrize(
    ("bomb", "code"),
    [
        (b"* 1 EXISTS" + b" " * 30_000_000, "line_too_long"),
        (b"* 1 FETCH (BODY[] {200000000}\r\n", "too_much"),
    ],
)
def test_bomb_meets_the_limits_of_the_wire(pair: tuple[socket.socket, Stream], bomb: bytes, code: str) -> None:
    server, stream = pair
    stream.compress()
    server.sendall(packed(bomb))

    with pytest.raises(ServerError) as caught:
        read_pieces(stream)

    assert caught.value.code == code
    assert stream.received < 60_000
    assert stream.pending <= stream_module.MAX_LINE_BYTES + 2 * stream_module.CHUNK_BYTES


def test_bomb_of_lines_meets_the_limit_of_lines(pair: tuple[socket.socket, Stream]) -> None:
    server, stream = pair
    stream.compress()
    server.sendall(packed(b"* OK\r\n" * 300_000))

    with pytest.raises(ServerError) as caught:
        Wire(stream, frozenset()).run(b"NOOP")

    assert caught.value.code == "too_much"


def test_what_is_no_deflate_ends_the_connection(pair: tuple[socket.socket, Stream]) -> None:
    server, stream = pair
    stream.compress()
    server.sendall(b"* OK this is plain text\r\n")

    with pytest.raises(ServerError) as caught:
        stream.line()

    assert caught.value.code == "connection_lost"


def test_end_of_the_compressed_stream_is_the_end(pair: tuple[socket.socket, Stream]) -> None:
    server, stream = pair
    stream.compress()
    pack = zlib.compressobj(wbits=-15)
    server.sendall(pack.compress(b"* OK") + pack.flush())

    with pytest.raises(ServerError):
        stream.line()


def test_octets_that_came_with_the_answer_are_compressed_already(pair: tuple[socket.socket, Stream]) -> None:
    server, stream = pair
    server.sendall(b"M1 OK go\r\n" + packed(b"* 1 EXISTS\r\n"))

    first = stream.line()
    stream.compress()

    assert stream.has_more
    assert (first, stream.line()) == (b"M1 OK go\r\n", b"* 1 EXISTS\r\n")
